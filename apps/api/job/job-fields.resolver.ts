import { listJobEvents } from '@kiln/db/events';
import { countListedTasks, findTask, listTasks, taskGrid } from '@kiln/db/job-tasks';
import type { EventKind as Kind, TaskState as State } from '@kiln/domain';
import { jobDirectory } from '@kiln/domain';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { EventKind, TaskState } from '../enums.ts';
import { EventConnection } from '../event/event.type.ts';
import { Node } from '../node/node.type.ts';
import { listOutputs } from '../output/list-outputs.ts';
import { OutputEntry, OutputLocation } from '../output/output.type.ts';
import { outputNames } from '../output/output-path.ts';
import { page, slice } from '../page.ts';
import { DateTime } from '../scalars.ts';
import { Task, TaskConnection, TaskGrid } from '../task/task.type.ts';
import { TaskCounts } from '../task/task-counts.type.ts';
import { Job, type JobRoot, StageTime } from './job.type.ts';

@Resolver(() => Job)
export class JobFieldsResolver {
  @FieldResolver(() => String, { description: 'Name of its directory: connector and number.' })
  directory(@Root() job: Job): string {
    return jobDirectory(job);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When it was begun: submitted, given its turn in its sweep, or last retried; null while it waits.',
  })
  startedAt(@Root() { status, roundSince }: JobRoot): string | null {
    return status === 'waiting' ? null : roundSince;
  }

  @FieldResolver(() => OutputLocation, { description: 'Where its outputs are: storage and path.' })
  output(@Root() job: Job): OutputLocation {
    return { storage: job.outputStorage, path: [...job.outputPath.split('/').filter(Boolean), jobDirectory(job)].join('/') };
  }

  @FieldResolver(() => TaskCounts, { description: 'Tasks of the current iteration by state.' })
  counts(@Root() job: Job, @Ctx() { loaders }: Context): Promise<TaskCounts> {
    return loaders.counts.load({ jobId: job.id, iteration: job.iteration });
  }

  @FieldResolver(() => TaskGrid, { description: 'The states of all tasks of an iteration, one letter each.' })
  async taskGrid(
    @Root() job: Job,
    @Arg('iteration', () => Int, { nullable: true, description: 'From 0; the current one without it.' }) iteration: number | null,
    @Ctx() { db, spend }: Context,
  ): Promise<TaskGrid> {
    spend(100);
    const asked = { jobId: job.id, iteration: iteration ?? job.iteration };
    return { iteration: asked.iteration, ...(await taskGrid(db, asked)) };
  }

  @FieldResolver(() => TaskConnection, { description: 'Its tasks in the order of their numbers.' })
  async tasks(
    @Root() job: Job,
    @Arg('states', () => [TaskState], { nullable: true, description: 'Only tasks in one of these states.' }) states: State[] | null,
    @Arg('iteration', () => Int, { nullable: true, description: 'From 0; the current one without it.' }) iteration: number | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 100, description: 'How many, 500 at most.' }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: '`endCursor` of the page before.' }) after: string | null,
    @Ctx() { db, spend }: Context,
  ): Promise<TaskConnection> {
    const asked = slice(first ?? 100, after);
    spend(asked.first);
    const where = { jobId: job.id, iteration: iteration ?? job.iteration, ...(states ? { states } : {}) };
    const [rows, totalCount] = await Promise.all([listTasks(db, { ...where, ...asked }), countListedTasks(db, where)]);
    return { ...page(rows, asked, (task) => task.number), totalCount };
  }

  @FieldResolver(() => Task, { nullable: true, description: 'One of its tasks; null if there is no such task.' })
  task(
    @Root() job: Job,
    @Arg('number', () => Int, { description: "The task's number, from 1." }) number: number,
    @Ctx() { db, spend }: Context,
  ): Promise<Task | null> {
    spend(1);
    return findTask(db, job.id, number);
  }

  @FieldResolver(() => [Node], { description: 'The machines that it uses or used.' })
  nodes(@Root() job: Job, @Ctx() { loaders }: Context): Promise<Node[]> {
    return loaders.nodes.load(job.id);
  }

  @FieldResolver(() => [StageTime], { description: 'When each stage was entered last, with how long it was active in all.' })
  stageTimes(@Root() job: Job, @Ctx() { loaders, spend }: Context): Promise<StageTime[]> {
    spend(10);
    return loaders.stageTimes.load(job);
  }

  @FieldResolver(() => EventConnection, { description: 'Its history.' })
  async events(
    @Root() job: Job,
    @Arg('first', () => Int, { nullable: true, defaultValue: 100, description: 'How many, 500 at most.' }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: '`endCursor` of the page before.' }) after: string | null,
    @Arg('kinds', () => [EventKind], { nullable: true, description: 'Only events of these kinds.' }) kinds: Kind[] | null,
    @Arg('newestFirst', () => Boolean, { nullable: true, defaultValue: true, description: 'Newest or oldest first.' }) newestFirst:
      | boolean
      | null,
    @Ctx() { db, spend }: Context,
  ): Promise<EventConnection> {
    const asked = slice(first ?? 100, after);
    spend(asked.first);
    const rows = await listJobEvents(db, job.id, { ...(kinds ? { kinds } : {}), newestFirst: newestFirst ?? true, ...asked });
    return page(rows, asked, (event) => event.seq);
  }

  @FieldResolver(() => [OutputEntry], { description: "Entries of a directory below the job's output directory." })
  outputs(
    @Root() job: Job,
    @Arg('path', () => String, { defaultValue: '', description: "The directory, relative to the job's output directory." }) path: string,
    @Ctx() { asker, spend }: Context,
  ): Promise<OutputEntry[]> {
    spend(100);
    return listOutputs(asker, job.id, outputNames(path));
  }
}
