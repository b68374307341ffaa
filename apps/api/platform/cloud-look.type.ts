import { type CloudChoices, MOST_CHOICES } from '@kiln/domain';
import { Field, Float, ObjectType } from 'type-graphql';
import { Problem } from '../submission/submission.type.ts';

@ObjectType({ description: 'Something that a cloud has.' })
export class CloudChoice {
  @Field(() => String, { description: "The cloud's." })
  id!: string;
  @Field(() => String, { description: 'Its id if it has none; several may have the same.' })
  name!: string;
}

@ObjectType({ description: 'What machines of a cloud may be like: a flavor, or an instance type.' })
export class CloudSize extends CloudChoice {
  @Field(() => Float, { description: 'How many it has.' })
  cores!: number;
  @Field(() => Float, { description: 'Mebibytes.' })
  memory!: number;
}

@ObjectType({ description: 'How much may still be made in a cloud; null is no limit.' })
export class CloudQuota {
  @Field(() => Float, { nullable: true, description: 'How many.' })
  machines!: number | null;
  @Field(() => Float, { nullable: true, description: 'Of all machines together.' })
  cores!: number | null;
  @Field(() => Float, { nullable: true, description: 'Mebibytes, of all machines together.' })
  memory!: number | null;
}

@ObjectType({ description: `What a cloud has to choose from, at most ${MOST_CHOICES} of each.` })
export class CloudLook {
  @Field(() => [CloudChoice], { description: 'What machines can start with.' })
  images!: readonly CloudChoice[];
  @Field(() => [CloudSize], { description: 'What they can be like.' })
  sizes!: readonly CloudSize[];
  @Field(() => [CloudChoice], { description: 'Where they can be; of EC2, subnets.' })
  networks!: readonly CloudChoice[];
  @Field(() => [CloudChoice], { description: 'Of OpenStack: where floating addresses come from.' })
  floatingNetworks!: readonly CloudChoice[];
  @Field(() => [CloudChoice], { description: 'Availability zones.' })
  zones!: readonly CloudChoice[];
  @Field(() => [String], { description: 'Names of the regions that it tells of.' })
  regions!: readonly string[];
  @Field(() => [String], { description: 'Which of these lists have more entries than are told.' })
  cut!: readonly (keyof CloudChoices)[];
  @Field(() => CloudQuota, { nullable: true, description: 'What there is room for; null if the cloud does not tell.' })
  quota!: CloudQuota | null;
}

@ObjectType({ description: 'What became of a look at a cloud.' })
export class CloudLookResult {
  @Field(() => CloudLook, { nullable: true, description: 'Null when there are problems.' })
  look!: CloudLook | null;
  @Field(() => [Problem], { description: 'What is wrong with what was given, or what the cloud refuses.' })
  problems!: readonly Problem[];
}
