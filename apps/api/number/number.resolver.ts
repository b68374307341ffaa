import { listNumbers } from '@kiln/db/job-numbers';
import { KnownError, numbersOf } from '@kiln/domain';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { Job } from '../job/job.type.ts';
import { NumberTable } from './number.type.ts';
import { columnsOf } from './number-table.ts';

const MOST = 10_000;

@Resolver(() => Job)
export class NumberResolver {
  @FieldResolver(() => NumberTable, {
    description: "Numbers that tasks left, as their connector's `outputs` say, in the order of the tasks.",
  })
  async numbers(
    @Root() job: Job,
    @Arg('iteration', () => Int, { nullable: true, description: 'Which iteration; the current one without it.' }) wanted: number | null,
    @Arg('first', () => Int, { defaultValue: 1000, description: 'How many tasks, 10000 at most.' }) first: number,
    @Arg('after', () => Int, { defaultValue: 0, description: 'Only tasks with larger numbers.' }) after: number,
    @Ctx() { db, catalog, spend }: Context,
  ): Promise<NumberTable> {
    if (first < 1 || first > MOST) throw new KnownError('BAD_INPUT', `A table of numbers has 1 to ${MOST} tasks at once.`);
    spend(first);
    const iteration = wanted ?? job.iteration;
    const rows = await listNumbers(db, { jobId: job.id, iteration, after, limit: first + 1 });
    const loaded = catalog.loaded(job.connector);
    const declared = loaded?.hash === job.version ? numbersOf(loaded.connector.outputs) : []; // titles and units of another version may be others
    return { iteration, ...columnsOf(rows.slice(0, first), declared), more: rows.length > first };
  }
}
