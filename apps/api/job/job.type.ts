import type { JobRow } from '@kiln/db/jobs';
import type {
  Blocked as BlockedBy,
  Ending,
  Transfer as Moved,
  StageName as Name,
  Parameters,
  Point,
  JobStatus as Status,
} from '@kiln/domain';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { JobStatus, StageName } from '../enums.ts';
import { Event } from '../event/event.type.ts';
import { Branch } from '../iteration/iteration.type.ts';
import { type Edge, PageInfo } from '../page.ts';
import { DateTime, JSONObject } from '../scalars.ts';
import { Transfer } from '../transfer/transfer.type.ts';
import { Blocked, Trouble } from '../trouble.type.ts';

@ObjectType({ description: 'One submission of a connector with parameters.' })
export class Job {
  /** Parts of the output location; not fields of the schema. */
  outputStorage!: string;
  outputPath!: string;
  @Field(() => ID, { description: 'Counts from 1 in an installation.' })
  id!: number;
  @Field(() => String, { description: 'Name of the connector.' })
  connector!: string;
  @Field(() => String, { description: "Content hash of the connector's folder at submission." })
  version!: string;
  @Field(() => String, { description: 'Name of the platform that it computes on.' })
  platform!: string;
  @Field(() => JSONObject, {
    description: 'Its values by parameter name, with the defaults filled in: as submitted, and as changed by retries since.',
  })
  parameters!: Parameters;
  @Field(() => ID, { nullable: true, description: 'The job that it repeats.' })
  retryOf!: number | null;
  @Field(() => ID, { nullable: true, description: 'The sweep that it is a child of.' })
  sweepId!: number | null;
  @Field(() => JSONObject, { nullable: true, description: 'Its point of that sweep: values by parameter name.' })
  point!: Point | null;
  @Field(() => StageName, { description: 'The stage that it is in.' })
  stage!: Name;
  @Field(() => JobStatus, { description: 'How it fares.' })
  status!: Status;
  @Field(() => Trouble, { nullable: true, description: 'Why it failed or was cancelled.' })
  ending!: Ending | null;
  @Field(() => Blocked, { nullable: true, description: 'Why it is blocked, and when it tries again.' })
  blocked!: BlockedBy | null;
  @Field(() => Int, { description: 'The current iteration, from 0.' })
  iteration!: number;
  @Field(() => Int, { nullable: true, description: 'The most iterations that it may have; null if its connector has one only.' })
  maximumIterations!: number | null;
  @Field(() => Boolean, { description: 'Somebody asked that this iteration be its last.' })
  stopAfterIteration!: boolean;
  @Field(() => Branch, { nullable: true, description: 'The job that it goes on from; null if it began by itself.' })
  branchOf!: Branch | null;
  @Field(() => [Float], { description: 'The convergence criterion of each finished iteration, if the connector computes one.' })
  criteria!: readonly number[];
  @Field(() => Float, { description: 'Sequence number of its newest event: subscribe after it.' })
  lastSeq!: number;
  @Field(() => Transfer, { nullable: true, description: 'What it moves just now, if that takes longer than a moment.' })
  transfer!: Moved | null;
  @Field(() => DateTime, { description: 'When it was submitted.' })
  createdAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'When it ended; null before that.' })
  endedAt!: string | null;
}

/** A job as its resolvers get it: the whole row. */
export type JobRoot = Job & JobRow;

@ObjectType({ description: 'A job in a page of jobs.' })
export class JobEdge {
  @Field(() => String, { description: 'Where it stands in the list.' })
  cursor!: string;
  @Field(() => Job, { description: 'The job.' })
  node!: Job;
}

@ObjectType({ description: 'A page of jobs.' })
export class JobConnection {
  @Field(() => [JobEdge], { description: 'The jobs with their cursors.' })
  edges!: readonly Edge<Job>[];
  @Field(() => [Job], { description: 'The jobs alone.' })
  nodes!: readonly Job[];
  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
  @Field(() => Int, { description: 'Jobs that the filter lets through.' })
  totalCount!: number;
}

@ObjectType({ description: 'When a stage was entered last, and how long it took in all.' })
export class StageTime {
  @Field(() => StageName, { description: 'Which stage.' })
  stage!: Name;
  @Field(() => DateTime, { description: 'When it was entered last.' })
  enteredAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'When it was left after that; null while the job is in it.' })
  leftAt!: string | null;
  @Field(() => Float, { description: 'In all visits.' })
  milliseconds!: number;
}

@ObjectType({ description: 'Events of a job that follow one another.' })
export class JobEventBatch {
  @Field(() => [Event], { description: 'Oldest first.' })
  events!: readonly Event[];
  @Field(() => Job, { description: 'The job as it is now.' })
  job!: Job;
  @Field(() => Float, { description: 'Sequence number of the last of them: subscribe after it to go on.' })
  lastSeq!: number;
}

@ObjectType({ description: 'Jobs that changed.' })
export class JobsChangedBatch {
  @Field(() => [Job], { description: 'As they are now, each once.' })
  jobs!: readonly Job[];
  @Field(() => Float, { description: 'Subscribe after it to go on.' })
  lastSeq!: number;
}
