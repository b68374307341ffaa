import { KnownError, MOST_CHOICES } from '@kiln/domain';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { createRateLimit } from '../rate-limit.ts';
import { LookAtCloudInput } from './cloud-look.input.ts';
import { lookAtCloud } from './cloud-look.ts';
import { CloudLookResult } from './cloud-look.type.ts';

/** Looks of one user within five minutes, and at once: a cloud may take its time, and keeps a worker from other questions meanwhile. */
const MOST = 30;
const AT_ONCE = 2;

@Resolver()
export class CloudLookResolver {
  private readonly limit = createRateLimit(MOST, 5 * 60_000);
  private readonly underWay = new Map<string, number>();

  @Mutation(() => CloudLookResult, {
    description:
      'Has a worker ask a cloud what there is to choose from, whether it is a platform or is to be one. Changes nothing; it is a mutation so that what opens the cloud is never part of an address.',
  })
  async lookAtCloud(
    @Arg('input', () => LookAtCloudInput, { description: 'Which cloud.' }) input: LookAtCloudInput,
    @Ctx() context: Context,
  ): Promise<CloudLookResult> {
    const { id } = context.caller.user;
    context.spend(6 * MOST_CHOICES);
    if (this.limit.tooMany(id))
      throw new KnownError('PLATFORM_BUSY', `You have looked at clouds ${MOST} times within five minutes; wait a little.`);
    const others = this.underWay.get(id) ?? 0;
    if (others >= AT_ONCE) throw new KnownError('PLATFORM_BUSY', 'You are looking at clouds already; wait until that has ended.');
    this.limit.failed(id);
    this.underWay.set(id, others + 1);
    try {
      return await lookAtCloud(context, input);
    } finally {
      const left = (this.underWay.get(id) ?? 1) - 1;
      if (left > 0) this.underWay.set(id, left);
      else this.underWay.delete(id);
    }
  }
}
