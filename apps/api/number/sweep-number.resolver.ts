import { numbersOfChildren, numbersOfTasks } from '@kiln/db/sweep-numbers';
import { KnownError } from '@kiln/domain';
import { Arg, Ctx, FieldResolver, Float, ID, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { NumberOf } from '../enums.ts';
import { Sweep, type SweepRoot } from '../sweep/sweep.type.ts';
import { declaredOf, numberColumns } from './number-table.ts';
import { SweepNumberTable, SweepTaskNumbers } from './sweep-number.type.ts';

const MOST = 10_000;

@Resolver(() => Sweep)
export class SweepNumberResolver {
  @FieldResolver(() => SweepNumberTable, {
    description: "Numbers that its children came to, as their connector's `outputs` say, in the order of their points.",
  })
  async numbers(
    @Root() sweep: SweepRoot,
    @Arg('of', () => NumberOf, { defaultValue: 'MEAN', description: 'How the tasks of a child make one number.' }) of: NumberOf,
    @Arg('since', () => Float, { nullable: true, description: 'Only children that have changed after this sequence number.' })
    since: number | null,
    @Arg('first', () => Int, { defaultValue: 1000, description: 'How many children, 10000 at most.' }) first: number,
    @Arg('after', () => ID, { nullable: true, description: 'Only children with larger numbers.' }) after: string | null,
    @Ctx() { db, catalog, spend }: Context,
  ): Promise<SweepNumberTable> {
    spendRows(spend, first);
    const page = { sweepId: sweep.id, of, since: since ?? 0, after: jobNumber(after), limit: first + 1 };
    const rows = await numbersOfChildren(db, page);
    const shown = rows.slice(0, first);
    return {
      jobs: shown.map(({ job }) => job),
      tasks: shown.map(({ tasks }) => tasks),
      numbers: numberColumns(shown, declaredOf(catalog, sweep)),
      more: rows.length > first,
    };
  }

  @FieldResolver(() => SweepTaskNumbers, { description: 'What one of the outputs was in each task of each child.' })
  async taskNumbers(
    @Root() sweep: SweepRoot,
    @Arg('name', () => String, { description: 'Name of the output.' }) name: string,
    @Arg('first', () => Int, { defaultValue: 1000, description: 'How many tasks, 10000 at most.' }) first: number,
    @Arg('afterJob', () => ID, { nullable: true, description: 'Child that the page before ended with.' }) afterJob: string | null,
    @Arg('afterTask', () => Int, { defaultValue: 0, description: 'Its task that the page before ended with.' }) afterTask: number,
    @Ctx() { db, spend }: Context,
  ): Promise<SweepTaskNumbers> {
    spendRows(spend, first);
    const after = { job: jobNumber(afterJob), task: afterTask };
    const rows = await numbersOfTasks(db, { sweepId: sweep.id, name, after, limit: first + 1 });
    const shown = rows.slice(0, first);
    return {
      jobs: shown.map(({ job }) => job),
      tasks: shown.map(({ task }) => task),
      values: shown.map(({ value }) => value),
      more: rows.length > first,
    };
  }
}

function spendRows(spend: Context['spend'], first: number): void {
  if (first < 1 || first > MOST) throw new KnownError('BAD_INPUT', `A table of numbers has 1 to ${MOST} rows at once.`);
  spend(first);
}

function jobNumber(id: string | null): number {
  if (!id) return 0;
  if (/^\d{1,9}$/.test(id)) return Number(id);
  throw new KnownError('BAD_INPUT', `${id} is not the number of a job.`);
}
