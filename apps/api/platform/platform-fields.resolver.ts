import type { PlatformLink as Link } from '@kiln/db/platform-links';
import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { Platform, type PlatformRoot } from './platform.type.ts';
import { PlatformLink } from './platform-facts.type.ts';

@Resolver(() => Platform)
export class PlatformFieldsResolver {
  @FieldResolver(() => Boolean, { description: 'The viewer registered it.' })
  owned(@Root() { ownerId }: PlatformRoot, @Ctx() { caller }: Context): boolean {
    return ownerId === caller.user.id;
  }

  @FieldResolver(() => Int, { description: 'Jobs on it that have not ended.' })
  async liveJobs(@Root() { name }: PlatformRoot, @Ctx() { loaders }: Context): Promise<number> {
    return (await loaders.platformLoads.load(name)).live;
  }

  @FieldResolver(() => Int, { description: 'Those of them that are blocked.' })
  async blockedJobs(@Root() { name }: PlatformRoot, @Ctx() { loaders }: Context): Promise<number> {
    return (await loaders.platformLoads.load(name)).blocked;
  }

  @FieldResolver(() => PlatformLink, {
    nullable: true,
    description: 'What the workers have open to its login; null while that is nothing.',
  })
  async link(@Root() { connection }: PlatformRoot, @Ctx() { loaders }: Context): Promise<Link | null> {
    return connection && loaders.links.load(`${connection.user}@${connection.host}:${connection.port}`);
  }
}
