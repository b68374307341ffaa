import type { JobStatus as Status } from '@kiln/domain';
import { Field, ID, InputType } from 'type-graphql';
import { JobStatus } from '../enums.ts';

@InputType({ description: 'Which jobs to list; a job must meet all that is given.' })
export class JobFilter {
  @Field(() => [JobStatus], { nullable: true, description: 'Jobs that fare in one of these ways.' })
  statuses?: Status[] | null;
  @Field(() => String, { nullable: true, description: 'Jobs of the connector with this name.' })
  connector?: string | null;
  @Field(() => ID, { nullable: true, description: 'Children of this sweep; without it, jobs that are no children of any.' })
  sweep?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'True: without `sweep`, children of sweeps as well.' })
  children?: boolean | null;
  @Field(() => String, { nullable: true, description: "Part of the connector's name, a parameter value or the job's number." })
  text?: string | null;
}
