import type { LogStreamName } from '@kiln/domain';
import { Arg, Ctx, FieldResolver, Float, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { LogStream } from '../enums.ts';
import { readLog } from './read-log.ts';
import { LogChunk, Task } from './task.type.ts';

@Resolver(() => Task)
export class TaskResolver {
  @FieldResolver(() => LogChunk, { description: 'Part of its log, as UTF-8 with what is not replaced. Works while it runs and after.' })
  log(
    @Root() task: Task,
    @Arg('stream', () => LogStream, { defaultValue: LogStream.STDOUT, description: 'Which log.' }) stream: LogStreamName,
    @Arg('offset', () => Float, { defaultValue: 0, description: 'Bytes to skip.' }) offset: number,
    @Arg('length', () => Int, { defaultValue: 65_536, description: 'Most bytes to give, 4 to 1048576.' }) length: number,
    @Ctx() { asker, spend }: Context,
  ): Promise<LogChunk> {
    spend(100);
    return readLog(asker, { jobId: task.jobId, task: task.number, stream }, offset, length);
  }
}
