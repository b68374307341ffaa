import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars.ts';

@ObjectType({ description: 'A machine of a platform that a job uses.' })
export class Node {
  /** Whose node it is; not a field of the schema. */
  jobId!: number;
  @Field(() => String, { description: "Unique within its job: the provider's id of a machine, or the platform's name." })
  name!: string;
  @Field(() => String, { description: 'running (can be reached), ready (is bootstrapped), lost (has left the job for good) or destroyed.' })
  state!: string;
  @Field(() => String, { description: 'Where it is, for people.' })
  address!: string;
  @Field(() => Int, { description: 'Tasks that may run on it at once.' })
  slots!: number;
  @Field(() => String, { nullable: true, description: 'What its tasks wait for, for people; null if nothing.' })
  note!: string | null;
  @Field(() => DateTime, { nullable: true, description: 'Since when it cannot be reached; null if it can.' })
  unreachableSince!: string | null;
  @Field(() => DateTime, { description: 'Since when the job has it; of one that was made for it, since when it is there.' })
  createdAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'When the job no longer had it; null while it has.' })
  goneAt!: string | null;
  @Field(() => Float, { nullable: true, description: 'As it was when the job got it; null if it costs nothing, or nobody said.' })
  pricePerHour!: number | null;
}
