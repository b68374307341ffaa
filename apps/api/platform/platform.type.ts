import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A registered place that computes or stores.' })
export class Platform {
  @Field(() => String, { description: 'Names the platform in parameters.' })
  name!: string;
  @Field(() => String, { description: '`unix` is one machine that is there; `cloud` makes machines for a job.' })
  kind!: string;
  @Field(() => String, { description: 'Who is behind it; `local` is the machine that Kiln runs on.' })
  provider!: string;
  @Field(() => String, { description: 'One sentence for people.' })
  description!: string;
  @Field(() => Int, { description: 'Tasks that may run at once on each of its nodes.' })
  slots!: number;
  @Field(() => Int, { description: 'Most nodes that one job may have.' })
  maxNodes!: number;
}
