import { FAILURE_ADVICE } from '@kiln/domain';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { Curation } from '../curation/curation.type.ts';
import { curationFor } from '../curation/curation-for.ts';
import { Iteration } from '../iteration/iteration.type.ts';
import { FailureCount, RetryCost } from '../task/attempt.type.ts';
import { Job, type JobRoot } from './job.type.ts';

@Resolver(() => Job)
export class JobOutcomeResolver {
  @FieldResolver(() => [Iteration], {
    description: 'What its iterations came to, the first one first; also the current one, as far as it is known.',
  })
  iterations(@Root() job: Job, @Ctx() { loaders, spend }: Context): Promise<Iteration[]> {
    spend(100);
    return loaders.iterations.load(job.id);
  }

  @FieldResolver(() => [FailureCount], { description: 'How tasks of an iteration failed, by code, the most frequent first.' })
  async failures(
    @Root() job: Job,
    @Arg('iteration', () => Int, { nullable: true, description: 'From 0; the current one without it.' }) iteration: number | null,
    @Ctx() { loaders, spend }: Context,
  ): Promise<FailureCount[]> {
    spend(10);
    const counts = await loaders.failures.load({ jobId: job.id, iteration: iteration ?? job.iteration });
    return counts.map(({ code, count }) => ({ code, count, advice: FAILURE_ADVICE[code] ?? '' }));
  }

  @FieldResolver(() => Curation, {
    nullable: true,
    description: 'Where its results are published, and how much of them is; null if they are not to be.',
  })
  async curation(@Root() job: JobRoot, @Ctx() { loaders, spend }: Context): Promise<Curation | null> {
    spend(10);
    return curationFor(job, await loaders.datasets.load(job.id));
  }

  @FieldResolver(() => RetryCost, { description: 'What trying again has cost, over all iterations.' })
  retryCost(@Root() job: Job, @Ctx() { loaders }: Context): Promise<RetryCost> {
    return loaders.retryCosts.load(job.id);
  }
}
