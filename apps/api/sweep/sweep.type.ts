import type { SweepState } from '@kiln/db/list-sweeps';
import type { Parameters, Point, JobStatus as Status } from '@kiln/domain';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { JobStatus } from '../enums.ts';
import { Job } from '../job/job.type.ts';
import { type Edge, PageInfo } from '../page.ts';
import { DateTime, JSONObject, JSONValue } from '../scalars.ts';
import { Problem } from '../submission/submission.type.ts';

@ObjectType({ description: 'How many children of a sweep fare in each way.' })
export class SweepCounts {
  @Field(() => Int, { description: 'All of them.' })
  total!: number;
  @Field(() => Int, { description: 'They wait for their turn.' })
  waiting!: number;
  @Field(() => Int, { description: 'They move through their stages.' })
  active!: number;
  @Field(() => Int, { description: 'They wait for trouble to pass.' })
  blocked!: number;
  @Field(() => Int, { description: 'They converged.' })
  succeeded!: number;
  @Field(() => Int, { description: 'They ended before they converged.' })
  failed!: number;
  @Field(() => Int, { description: 'They were cancelled.' })
  cancelled!: number;
}

@ObjectType({ description: 'Jobs of one connector that were submitted as one, its children: one for each point that it goes over.' })
export class Sweep {
  @Field(() => ID, { description: 'Counts from 1 in an installation, apart from the numbers of jobs.' })
  id!: number;
  @Field(() => String, { description: 'Name of the connector.' })
  connector!: string;
  @Field(() => String, { description: "Content hash of the connector's folder at submission; extensions run the same." })
  version!: string;
  @Field(() => JSONObject, { description: 'What all its children have, as far as their points do not say otherwise.' })
  parameters!: Parameters;
  @Field(() => [JSONValue], { description: 'What it goes over: as submitted, then as extended.' })
  over!: readonly unknown[];
  @Field(() => Int, { description: 'So many of its children run at once.' })
  atMost!: number;
  @Field(() => JobStatus, {
    description: 'Of all together: active, blocked or waiting while a child is, else failed or cancelled if one did, else succeeded.',
  })
  status!: Status;
  @Field(() => SweepCounts, { description: 'Its children by status.' })
  counts!: SweepCounts;
  @Field(() => Float, { description: 'Sequence number of the newest event of its children: subscribe after it.' })
  lastSeq!: number;
  @Field(() => DateTime, { description: 'When it was submitted.' })
  createdAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'When the last of its children ended; null before that.' })
  endedAt!: string | null;
}

/** A sweep as its resolvers get it: all that is known of it. */
export type SweepRoot = Sweep & SweepState;

@ObjectType({ description: 'A sweep in a page of sweeps.' })
export class SweepEdge {
  @Field(() => String, { description: 'Where it stands in the list.' })
  cursor!: string;
  @Field(() => Sweep, { description: 'The sweep.' })
  node!: Sweep;
}

@ObjectType({ description: 'A page of sweeps.' })
export class SweepConnection {
  @Field(() => [SweepEdge], { description: 'The sweeps with their cursors.' })
  edges!: readonly Edge<Sweep>[];
  @Field(() => [Sweep], { description: 'The sweeps alone.' })
  nodes!: readonly Sweep[];
  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
  @Field(() => Int, { description: 'All sweeps of the viewer.' })
  totalCount!: number;
}

@ObjectType({ description: 'What became of a sweep that was asked for.' })
export class SubmitSweepResult {
  @Field(() => Sweep, { nullable: true, description: 'Null when there are problems.' })
  sweep!: Sweep | null;
  @Field(() => Int, { description: 'Jobs that this call made.' })
  added!: number;
  @Field(() => [Problem], { description: 'Everything that is wrong, all at once; beyond 20 things, the first ones.' })
  problems!: readonly Problem[];
}

@ObjectType({ description: 'What a sweep would do.' })
export class SweepPreview {
  @Field(() => [Problem], { description: 'Everything that is wrong, all at once; beyond 20 things, the first ones.' })
  problems!: readonly Problem[];
  @Field(() => Int, { description: 'Jobs that it would have; 0 if it cannot be told.' })
  jobCount!: number;
  @Field(() => Int, { description: 'Tasks of the first of them, in its first iteration.' })
  taskCount!: number;
  @Field(() => [JSONObject], { description: 'The points of the first 10.' })
  firstPoints!: readonly Point[];
  @Field(() => Int, { description: 'So many of its jobs would run at once.' })
  atMost!: number;
  @Field(() => JSONObject, { description: 'What all its jobs would have, with the defaults filled in.' })
  parameters!: Parameters;
}

@ObjectType({ description: 'What changed in a sweep.' })
export class SweepChangedBatch {
  @Field(() => Sweep, { description: 'The sweep as it is now.' })
  sweep!: Sweep;
  @Field(() => [Job], { description: 'Children that changed, as they are now, each once.' })
  jobs!: readonly Job[];
  @Field(() => Float, { description: 'Subscribe after it to go on.' })
  lastSeq!: number;
}

@ObjectType({ description: 'Sweeps that changed.' })
export class SweepsChangedBatch {
  @Field(() => [Sweep], { description: 'As they are now, each once.' })
  sweeps!: readonly Sweep[];
  @Field(() => Float, { description: 'Subscribe after it to go on.' })
  lastSeq!: number;
}
