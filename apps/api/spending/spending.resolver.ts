import { costLimit, setCostLimit, spending } from '@kiln/db/budget';
import type { Database } from '@kiln/db/connect';
import { COST_DAYS } from '@kiln/domain';
import { Arg, Ctx, Float, Mutation, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import { checked } from '../checked.ts';
import type { Context } from '../context.ts';
import { Spending } from './spending.type.ts';

const LIMIT = 'A cost limit is an amount of money above 0 and at most 1,000,000,000, or nothing.';
const limitShape = z.number(LIMIT).positive(LIMIT).max(1_000_000_000, LIMIT).nullable();

@Resolver()
export class SpendingResolver {
  @Query(() => Spending, { description: "What the viewer's machines in clouds cost." })
  spending(@Ctx() { db, caller }: Context): Promise<Spending> {
    return spendingOf(db, caller.user.id);
  }

  @Mutation(() => Spending, { description: "Bounds what the viewer's machines in clouds may cost within 30 days." })
  async setCostLimit(
    @Arg('limit', () => Float, { nullable: true, description: 'Null takes the limit away.' }) limit: number | null,
    @Ctx() { db, caller }: Context,
  ): Promise<Spending> {
    await setCostLimit(db, caller.user.id, checked(limitShape, limit ?? null));
    return spendingOf(db, caller.user.id);
  }
}

async function spendingOf(db: Database, userId: string): Promise<Spending> {
  const [sums, limit] = await Promise.all([spending(db, userId), costLimit(db, userId)]);
  return { days: COST_DAYS, ...sums, limit };
}
