import { costOf } from '@kiln/domain';
import { Ctx, FieldResolver, Float, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { TaskCounts } from '../task/task-counts.type.ts';
import { Node } from './node.type.ts';

@Resolver(() => Node)
export class NodeResolver {
  @FieldResolver(() => Float, { nullable: true, description: 'What it has cost so far at its price, by the second; null without one.' })
  cost(@Root() node: Node): number | null {
    return node.pricePerHour === null ? null : costOf([node], Date.now());
  }

  @FieldResolver(() => TaskCounts, { description: 'Its tasks of the current iteration by state.' })
  async tasks(@Root() node: Node, @Ctx() { loaders }: Context): Promise<TaskCounts> {
    const counts = await loaders.nodeCounts.load(node.jobId);
    return counts.get(node.name) ?? { total: 0, waiting: 0, scheduled: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
  }
}
