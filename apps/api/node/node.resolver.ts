import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { TaskCounts } from '../task/task-counts.type.ts';
import { Node } from './node.type.ts';

@Resolver(() => Node)
export class NodeResolver {
  @FieldResolver(() => TaskCounts, { description: 'Its tasks of the current iteration by state.' })
  async tasks(@Root() node: Node, @Ctx() { loaders }: Context): Promise<TaskCounts> {
    const counts = await loaders.nodeCounts.load(node.jobId);
    return counts.get(node.name) ?? { total: 0, waiting: 0, scheduled: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
  }
}
