import type { JobStatus as Status } from '@kiln/domain';
import { Field, InputType } from 'type-graphql';
import { JobStatus } from '../enums.ts';

@InputType({ description: 'Which jobs to list; a job must meet all that is given.' })
export class JobFilter {
  @Field(() => [JobStatus], { nullable: true, description: 'Jobs that fare in one of these ways.' })
  statuses?: Status[] | null;
  @Field(() => String, { nullable: true, description: 'Jobs of the connector with this name.' })
  connector?: string | null;
  @Field(() => String, { nullable: true, description: "Part of the connector's name, a parameter value or the job's number." })
  text?: string | null;
}
