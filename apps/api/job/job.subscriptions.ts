import { findJob, type JobRow } from '@kiln/db/jobs';
import { type Event, KnownError } from '@kiln/domain';
import { Arg, Ctx, Float, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { Context } from '../context.ts';
import { followJob } from './follow-job.ts';
import { followJobs } from './follow-jobs.ts';
import { JobEventBatch, JobsChangedBatch } from './job.type.ts';
import { ownJob } from './own-job.ts';
import { sequence } from './sequence.ts';

interface Subscribing<A> {
  readonly args: A;
  readonly context: Context;
}

@Resolver()
export class JobSubscriptions {
  @Subscription(() => JobEventBatch, {
    description: 'Events of a job after the sequence number `after`: first the gap, then live. Batched: one message may carry many.',
    async subscribe({ args, context }: Subscribing<{ jobId: string; after: number }>) {
      const job = await ownJob(context, args.jobId);
      return followJob(context.db, context.hub, job.id, sequence(args.after));
    },
  })
  async jobEvents(
    @Root() events: readonly Event[],
    @Arg('jobId', () => ID, { description: "The job's number." }) id: string,
    @Arg('after', () => Float, { defaultValue: 0, description: '`lastSeq` of what is known already.' }) _after: number,
    @Ctx() { db, caller, hub }: Context,
  ): Promise<JobEventBatch> {
    const job = await hub.share(`job ${caller.user.id} ${id}`, () => findJob(db, caller.user.id, Number(id)));
    if (!job) throw new KnownError('NOT_FOUND', `You have no job ${id}.`);
    return { events, job, lastSeq: events.at(-1)?.seq ?? 0 };
  }

  @Subscription(() => JobsChangedBatch, {
    description:
      'Jobs of the viewer, but for children of sweeps, that changed after `after`, as they are now. Without `after`, from now on.',
    subscribe({ args, context }: Subscribing<{ after?: number | null }>) {
      const after = args.after ?? undefined;
      return followJobs(context.db, context.hub, context.caller.user.id, after === undefined ? undefined : sequence(after));
    },
  })
  jobsChanged(
    @Root() jobs: readonly JobRow[],
    @Arg('after', () => Float, { nullable: true, description: '`lastSeq` of what is known already.' }) _after: number | null,
  ): JobsChangedBatch {
    return { jobs, lastSeq: jobs.at(-1)?.lastSeq ?? 0 };
  }
}
