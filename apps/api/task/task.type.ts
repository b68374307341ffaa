import type { Failure, Numbers, Point, TaskState as State } from '@kiln/domain';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { TaskState } from '../enums.ts';
import { type Edge, PageInfo } from '../page.ts';
import { DateTime, JSONObject } from '../scalars.ts';
import { Trouble } from '../trouble.type.ts';

@ObjectType({ description: 'One run of the payload for one point of the sweep, in one iteration.' })
export class Task {
  /** Whose task it is; not a field of the schema. */
  jobId!: number;
  @Field(() => Int, { description: 'Counts from 1 over all iterations of the job.' })
  number!: number;
  @Field(() => Int, { description: 'Counts from 0.' })
  iteration!: number;
  @Field(() => String, { description: 'Name of the node that it runs on; blank while it has none.' })
  node!: string;
  @Field(() => TaskState, { description: 'How far it is.' })
  state!: State;
  @Field(() => JSONObject, { description: 'Its point of the sweep: a value for every swept parameter.' })
  values!: Point;
  @Field(() => String, { nullable: true, description: 'Name of the set of input files that it works on; null if it has none.' })
  input!: string | null;
  @Field(() => Int, { description: 'Counts its runs from 1.' })
  attempt!: number;
  @Field(() => Int, { description: 'How often Kiln by itself has tried it again since somebody last did.' })
  retries!: number;
  @Field(() => DateTime, { nullable: true, description: 'It waits until then to be tried again; null if it may go on at once.' })
  notBefore!: string | null;
  @Field(() => Int, { nullable: true, description: 'What its program ended with; null before that.' })
  exitCode!: number | null;
  @Field(() => Trouble, {
    nullable: true,
    description: 'Why it failed: a stable code such as EXIT, SIGNAL, LOST or OUT_OF_MEMORY, and one sentence.',
  })
  failure!: Failure | null;
  @Field(() => JSONObject, {
    description: "Numbers from its files by name, as its connector's `outputs` say; empty until its results are home.",
  })
  numbers!: Numbers;
  @Field(() => DateTime, { nullable: true, description: "When it began, by the node's clock." })
  startedAt!: string | null;
  @Field(() => DateTime, { nullable: true, description: "When it ended, by the node's clock." })
  endedAt!: string | null;
}

@ObjectType({ description: 'A task in a page of tasks.' })
export class TaskEdge {
  @Field(() => String, { description: 'Where it stands in the list.' })
  cursor!: string;
  @Field(() => Task, { description: 'The task.' })
  node!: Task;
}

@ObjectType({ description: 'A page of tasks in the order of their numbers.' })
export class TaskConnection {
  @Field(() => [TaskEdge], { description: 'The tasks with their cursors.' })
  edges!: readonly Edge<Task>[];
  @Field(() => [Task], { description: 'The tasks alone.' })
  nodes!: readonly Task[];
  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
  @Field(() => Int, { description: 'Tasks in the whole list.' })
  totalCount!: number;
}

@ObjectType({ description: 'The states of all tasks of an iteration, packed.' })
export class TaskGrid {
  @Field(() => Int, { description: 'Which iteration, from 0.' })
  iteration!: number;
  @Field(() => Int, { description: 'Number of the task that the first letter stands for.' })
  firstNumber!: number;
  @Field(() => String, {
    description: 'One letter per task in the order of numbers: w(aiting) c(scheduled) r(unning) s(ucceeded) f(ailed) x(cancelled).',
  })
  states!: string;
}

@ObjectType({ description: 'Bytes `offset` (inclusive) to `nextOffset` (exclusive) of a log.' })
export class LogChunk {
  @Field(() => Float, { description: 'Where it begins, in bytes from the beginning of the log.' })
  offset!: number;
  @Field(() => Float, { description: 'Where the next one begins.' })
  nextOffset!: number;
  @Field(() => String, { description: 'The bytes as UTF-8, with what is not replaced.' })
  text!: string;
  @Field(() => Boolean, { description: 'The task has ended and nothing follows.' })
  complete!: boolean;
}
