import type { JobRow } from '@kiln/db/jobs';
import type { SweepState } from '@kiln/db/list-sweeps';
import { Arg, Ctx, Float, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { Context } from '../context.ts';
import { sequence } from '../job/sequence.ts';
import { followChildren, followSweeps } from './follow-sweeps.ts';
import { ownSweep } from './own-sweep.ts';
import { SweepChangedBatch, SweepsChangedBatch } from './sweep.type.ts';

interface Subscribing<A> {
  readonly args: A;
  readonly context: Context;
}

@Resolver()
export class SweepSubscriptions {
  @Subscription(() => SweepChangedBatch, {
    description: 'Children of a sweep that changed after the sequence number `after`, as they are now: first the gap, then live.',
    async subscribe({ args, context }: Subscribing<{ id: string; after: number }>) {
      const sweep = await ownSweep(context, args.id);
      return followChildren(context.db, context.hub, sweep.id, sequence(args.after));
    },
  })
  async sweepChanged(
    @Root() jobs: readonly JobRow[],
    @Arg('id', () => ID, { description: "The sweep's number." }) id: string,
    @Arg('after', () => Float, { defaultValue: 0, description: '`lastSeq` of what is known already.' }) _after: number,
    @Ctx() context: Context,
  ): Promise<SweepChangedBatch> {
    const sweep = await context.hub.share(`sweep ${context.caller.user.id} ${id}`, () => ownSweep(context, id));
    return { sweep, jobs, lastSeq: jobs.at(-1)?.lastSeq ?? 0 };
  }

  @Subscription(() => SweepsChangedBatch, {
    description: 'Sweeps of the viewer whose children changed after `after`, as they are now. Without `after`, from now on.',
    subscribe({ args, context }: Subscribing<{ after?: number | null }>) {
      const after = args.after ?? undefined;
      return followSweeps(context.db, context.hub, context.caller.user.id, after === undefined ? undefined : sequence(after));
    },
  })
  sweepsChanged(
    @Root() sweeps: readonly SweepState[],
    @Arg('after', () => Float, { nullable: true, description: '`lastSeq` of what is known already.' }) _after: number | null,
  ): SweepsChangedBatch {
    return { sweeps, lastSeq: sweeps.at(-1)?.lastSeq ?? 0 };
  }
}
