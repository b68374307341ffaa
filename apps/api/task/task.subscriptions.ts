import { findTask } from '@kiln/db/job-tasks';
import { KnownError, type LogStreamName } from '@kiln/domain';
import { Arg, Float, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { Context } from '../context.ts';
import { LogStream } from '../enums.ts';
import { ownJob } from '../job/own-job.ts';
import { followLog } from './follow-log.ts';
import { LogChunk } from './task.type.ts';

interface Args {
  readonly jobId: string;
  readonly task: number;
  readonly stream: LogStreamName;
  readonly after: number;
  readonly attempt?: number | null;
}

interface Subscribing {
  readonly args: Args;
  readonly context: Context;
}

@Resolver()
export class TaskSubscriptions {
  @Subscription(() => LogChunk, {
    description:
      'The log of an attempt of a task from the byte offset `after` on, while it grows; ends when that has ended and all is sent.',
    async subscribe({ args, context }: Subscribing) {
      const job = await ownJob(context, args.jobId);
      const task = await findTask(context.db, job.id, args.task);
      if (!task) throw new KnownError('NOT_FOUND', `Job ${job.id} has no task ${args.task}.`);
      const log = { jobId: job.id, task: task.number, stream: args.stream, attempt: args.attempt ?? task.attempt };
      return followLog(context.asker, context.hub, log, args.after);
    },
  })
  taskLog(
    @Root() chunk: LogChunk,
    @Arg('jobId', () => ID, { description: "The job's number." }) _job: string,
    @Arg('task', () => Int, { description: "The task's number, from 1." }) _task: number,
    @Arg('stream', () => LogStream, { defaultValue: LogStream.STDOUT, description: 'Which log.' }) _stream: LogStreamName,
    @Arg('after', () => Float, { defaultValue: 0, description: '`nextOffset` of what is known already.' }) _after: number,
    @Arg('attempt', () => Int, { nullable: true, description: 'Of which attempt; of the present one without it.' }) _attempt: number | null,
  ): LogChunk {
    return chunk;
  }
}
