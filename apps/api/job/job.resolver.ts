import { countJobs, type JobFilter as Filter, listJobs } from '@kiln/db/jobs';
import { requestCancel, requestRetry } from '@kiln/db/submit';
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { JobSort, RetryScope } from '../enums.ts';
import { page, slice } from '../page.ts';
import { JSONObject } from '../scalars.ts';
import { changedParameters } from '../submission/changed-parameters.ts';
import { submitAgain } from '../submission/submit.ts';
import { JobFilter } from './job.input.ts';
import { Job, JobConnection } from './job.type.ts';
import { ownJob, seenJob } from './own-job.ts';

@Resolver()
export class JobResolver {
  @Query(() => JobConnection, { description: "The viewer's jobs; children of sweeps only if `filter` says so." })
  async jobs(
    @Arg('filter', () => JobFilter, { nullable: true, description: 'Which jobs; all without it.' }) filter: JobFilter | null,
    @Arg('sort', () => JobSort, { nullable: true, defaultValue: 'NEWEST', description: 'In which order.' }) sort: JobSort | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 25, description: 'How many, 500 at most.' }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: '`endCursor` of the page before.' }) after: string | null,
    @Ctx() { db, caller, spend }: Context,
  ): Promise<JobConnection> {
    const asked = slice(first ?? 25, after);
    spend(asked.first);
    const where = { filter: given(filter), newestFirst: sort !== 'OLDEST' };
    const [rows, totalCount] = await Promise.all([
      listJobs(db, caller.user.id, { ...where, ...asked }),
      countJobs(db, caller.user.id, where.filter),
    ]);
    return { ...page(rows, asked, (job) => job.id), totalCount };
  }

  @Query(() => Job, { nullable: true, description: "One of the viewer's jobs; null if there is no such job." })
  job(@Arg('id', () => ID, { description: "The job's number." }) id: string, @Ctx() context: Context): Promise<Job | null> {
    return seenJob(context, id);
  }

  @Mutation(() => Job, {
    description:
      'Sets a job on its way to `destroy`; it is `cancelled` when nothing of it is left. Does nothing to a job that ends already.',
  })
  async cancelJob(@Arg('id', () => ID, { description: "The job's number." }) id: string, @Ctx() context: Context): Promise<Job> {
    const job = await ownJob(context, id);
    await requestCancel(context.db, job.id);
    return ownJob(context, id);
  }

  @Mutation(() => Job, {
    description:
      'FAILED continues the same job with the tasks that did not succeed, from now on with other resources, retries or limits if ' +
      '`parameters` has some; ALL submits a new job with the same parameters and version.',
  })
  async retryJob(
    @Arg('id', () => ID, { description: "The job's number." }) id: string,
    @Arg('scope', () => RetryScope, { defaultValue: 'FAILED', description: 'What to run again.' }) scope: RetryScope,
    @Arg('parameters', () => JSONObject, {
      nullable: true,
      description:
        'Only with FAILED: values of the resource, retry and limit parameters of its connector, as in a submission; the others stay.',
    })
    parameters: object | null,
    @Ctx() context: Context,
  ): Promise<Job> {
    const job = await ownJob(context, id);
    const changed = await changedParameters(context, job, scope, parameters ?? {});
    if (scope === 'ALL') return submitAgain(context, job);
    await requestRetry(context.db, job.id, changed);
    return ownJob(context, id);
  }
}

/** The filter without what is null: GraphQL allows to say "not given" in two ways. */
function given(filter: JobFilter | null): Filter {
  const { statuses, connector, text, sweep, children } = filter ?? {};
  return {
    ...(statuses ? { statuses } : {}),
    ...(connector ? { connector } : {}),
    ...(text ? { text } : {}),
    ...(typeof sweep === 'string' ? { sweep: /^[1-9]\d{0,8}$/.test(sweep) ? Number(sweep) : 0 } : {}), // there is no sweep 0
    ...(children ? { children } : {}),
  };
}
