import type { LogStreamName } from '@kiln/domain';
import { Arg, Ctx, FieldResolver, Float, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { LogStream } from '../enums.ts';
import { adviceOn } from './advice.ts';
import { Attempt } from './attempt.type.ts';
import { readLog, readTail } from './read-log.ts';
import { LogChunk, Task } from './task.type.ts';

@Resolver(() => Task)
export class TaskResolver {
  @FieldResolver(() => LogChunk, { description: 'Part of its log, as UTF-8 with what is not replaced. Works while it runs and after.' })
  log(
    @Root() task: Task,
    @Arg('stream', () => LogStream, { defaultValue: LogStream.STDOUT, description: 'Which log.' }) stream: LogStreamName,
    @Arg('offset', () => Float, { defaultValue: 0, description: 'Bytes to skip.' }) offset: number,
    @Arg('length', () => Int, { defaultValue: 65_536, description: 'Most bytes to give, 4 to 1048576.' }) length: number,
    @Arg('attempt', () => Int, { nullable: true, description: 'Of which attempt; of the present one without it.' }) attempt: number | null,
    @Ctx() { asker, spend }: Context,
  ): Promise<LogChunk> {
    spend(100);
    return readLog(asker, { jobId: task.jobId, task: task.number, stream, attempt: attempt ?? task.attempt }, offset, length);
  }

  @FieldResolver(() => String, { description: 'The end of one of its logs: the last lines, of at most 64 KiB together.' })
  logTail(
    @Root() task: Task,
    @Arg('stream', () => LogStream, { defaultValue: LogStream.STDERR, description: 'Which log.' }) stream: LogStreamName,
    @Arg('attempt', () => Int, { nullable: true, description: 'Of which attempt; of the present one without it.' }) attempt: number | null,
    @Arg('lines', () => Int, { defaultValue: 20, description: 'Most lines to give, 1 to 1000.' }) lines: number,
    @Ctx() { asker, spend }: Context,
  ): Promise<string> {
    spend(100);
    return readTail(asker, { jobId: task.jobId, task: task.number, stream, attempt: attempt ?? task.attempt }, lines);
  }

  @FieldResolver(() => String, { nullable: true, description: 'What a person can do about its failure.' })
  advice(@Root() task: Task): string | null {
    return adviceOn(task.failure);
  }

  @FieldResolver(() => [Attempt], { description: 'Its earlier attempts, the first one first.' })
  attempts(@Root() task: Task, @Ctx() { loaders, spend }: Context): Promise<Attempt[]> {
    spend(1);
    return loaders.attempts.load({ jobId: task.jobId, number: task.number });
  }
}
