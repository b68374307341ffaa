import type { StageName as Name } from '@kiln/domain';
import { Field, ObjectType } from 'type-graphql';
import { StageName } from '../enums.ts';

@ObjectType({ description: 'A stage and where it leads.' })
export class Stage {
  @Field(() => StageName, { description: 'Which stage.' })
  name!: Name;
  @Field(() => [StageName], { description: 'The stages that may follow it.' })
  next!: readonly Name[];
}
