import { listNumbers } from '@kiln/db/job-numbers';
import { numbersOfJobs } from '@kiln/db/sweep-numbers';
import { KnownError } from '@kiln/domain';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { NumberOf } from '../enums.ts';
import { Job } from '../job/job.type.ts';
import { CombinedNumber, NumberTable } from './number.type.ts';
import { columnsOf, declaredOf, numberColumns } from './number-table.ts';

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
    return { iteration, ...columnsOf(rows.slice(0, first), declaredOf(catalog, job)), more: rows.length > first };
  }

  @FieldResolver(() => [CombinedNumber], {
    description: 'What the tasks of its current iteration that succeeded came to together.',
  })
  async combinedNumbers(
    @Root() job: Job,
    @Arg('of', () => NumberOf, { defaultValue: 'MEAN', description: 'How they make one number.' }) of: NumberOf,
    @Ctx() { db, catalog, spend }: Context,
  ): Promise<CombinedNumber[]> {
    spend(100);
    const columns = numberColumns(await numbersOfJobs(db, [job.id], of), declaredOf(catalog, job));
    return columns.map(({ values, ...column }) => ({ ...column, value: values[0] ?? null }));
  }
}
