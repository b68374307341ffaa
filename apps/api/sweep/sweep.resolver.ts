import { countSweeps, listSweeps } from '@kiln/db/list-sweeps';
import { requestAtMost, requestCancelOfSweep, requestRetryOfSweep } from '@kiln/db/sweeps';
import { KnownError } from '@kiln/domain';
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { page, slice } from '../page.ts';
import { JSONValue } from '../scalars.ts';
import { MOST_AT_ONCE } from './check-sweep.ts';
import { ownSweep, seenSweep } from './own-sweep.ts';
import { addToSweep, previewSweep, submitSweep } from './submit-sweep.ts';
import { SubmitSweepInput } from './sweep.input.ts';
import { SubmitSweepResult, Sweep, SweepConnection, SweepPreview } from './sweep.type.ts';

const ID_OF = { description: "The sweep's number." };

@Resolver()
export class SweepResolver {
  @Query(() => SweepConnection, { description: "The viewer's sweeps, newest first." })
  async sweeps(
    @Arg('first', () => Int, { nullable: true, defaultValue: 25, description: 'How many, 500 at most.' }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: '`endCursor` of the page before.' }) after: string | null,
    @Ctx() { db, caller, spend }: Context,
  ): Promise<SweepConnection> {
    const asked = slice(first ?? 25, after);
    spend(asked.first);
    const [rows, totalCount] = await Promise.all([listSweeps(db, caller.user.id, asked), countSweeps(db, caller.user.id)]);
    return { ...page(rows, asked, (sweep) => sweep.id), totalCount };
  }

  @Query(() => Sweep, { nullable: true, description: "One of the viewer's sweeps; null if there is no such sweep." })
  sweep(@Arg('id', () => ID, ID_OF) id: string, @Ctx() context: Context): Promise<Sweep | null> {
    return seenSweep(context, id);
  }

  @Mutation(() => SubmitSweepResult, {
    description:
      'Checks every point as a submission of its own, then accepts all of them or none. The same idempotency key gives the same sweep.',
  })
  submitSweep(
    @Arg('input', () => SubmitSweepInput, { description: 'What to run.' }) input: SubmitSweepInput,
    @Ctx() context: Context,
  ): Promise<SubmitSweepResult> {
    return submitSweep(context, input);
  }

  @Mutation(() => SweepPreview, { description: 'What submitSweep would do; runs nothing.' })
  previewSweep(
    @Arg('input', () => SubmitSweepInput, { description: 'What would be run.' }) input: SubmitSweepInput,
    @Ctx() context: Context,
  ): Promise<SweepPreview> {
    return previewSweep(context, input);
  }

  @Mutation(() => SubmitSweepResult, {
    description: 'Adds children for the points of another map, but for points that the sweep has already: asking twice adds them once.',
  })
  extendSweep(
    @Arg('id', () => ID, ID_OF) id: string,
    @Arg('over', () => JSONValue, { description: 'What to go over as well, as in submitSweep.' }) over: unknown,
    @Ctx() context: Context,
  ): Promise<SubmitSweepResult> {
    return addToSweep(context, id, over);
  }

  @Mutation(() => Sweep, {
    description: 'Cancels all children that have not ended: those that wait at once, the others as cancelJob does.',
  })
  async cancelSweep(@Arg('id', () => ID, ID_OF) id: string, @Ctx() context: Context): Promise<Sweep> {
    const sweep = await ownSweep(context, id);
    await requestCancelOfSweep(context.db, sweep.id);
    return ownSweep(context, id);
  }

  @Mutation(() => Sweep, {
    description: 'Children that failed or were cancelled wait for their turn again, and go on with the tasks that did not succeed.',
  })
  async retrySweep(@Arg('id', () => ID, ID_OF) id: string, @Ctx() context: Context): Promise<Sweep> {
    const sweep = await ownSweep(context, id);
    await requestRetryOfSweep(context.db, sweep.id);
    return ownSweep(context, id);
  }

  @Mutation(() => Sweep, { description: 'So many children run at once from now on; those that run already go on.' })
  async limitSweep(
    @Arg('id', () => ID, ID_OF) id: string,
    @Arg('atMost', () => Int, { description: '1 to 1000.' }) atMost: number,
    @Ctx() context: Context,
  ): Promise<Sweep> {
    const sweep = await ownSweep(context, id);
    if (atMost < 1 || atMost > MOST_AT_ONCE) throw new KnownError('BAD_INPUT', `Of a sweep 1 to ${MOST_AT_ONCE} jobs may run at once.`);
    await requestAtMost(context.db, sweep.id, atMost);
    return ownSweep(context, id);
  }
}
