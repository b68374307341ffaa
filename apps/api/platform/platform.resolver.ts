import { tryPlatform } from '@kiln/db/platform-jobs';
import { listPlatforms, type PlatformRow } from '@kiln/db/platforms';
import { KnownError } from '@kiln/domain';
import { Arg, Ctx, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { Context } from '../context.ts';
import { followPlatforms } from './follow-platforms.ts';
import { seenPlatform, usablePlatform } from './own-platform.ts';
import { Platform } from './platform.type.ts';

const NAME = { description: 'Its name.' };

@Resolver()
export class PlatformResolver {
  @Query(() => [Platform], { description: 'The platforms that the viewer may use, and those of the viewer that are not ready yet.' })
  platforms(@Ctx() { db, caller }: Context): Promise<Platform[]> {
    return listPlatforms(db, caller.user.id);
  }

  @Query(() => Platform, { nullable: true, description: 'One platform; null if the viewer has none of that name.' })
  platform(@Arg('name', () => String, NAME) name: string, @Ctx() context: Context): Promise<Platform | null> {
    return seenPlatform(context, name);
  }

  @Mutation(() => Int, { description: 'Every job that is blocked on the platform tries again now. Gives their number.' })
  async tryPlatform(@Arg('name', () => String, NAME) name: string, @Ctx() context: Context): Promise<number> {
    await usablePlatform(context, name);
    return tryPlatform(context.db, name);
  }

  @Subscription(() => Platform, {
    description:
      'A platform of the viewer as it is, and again whenever it changes; without a name, all of them. Counts of jobs and the link are not watched.',
    async subscribe({ args: { name }, context }: { args: { name?: string | null }; context: Context }) {
      const { db, caller, hub } = context;
      if (typeof name !== 'string') return followPlatforms(hub, () => listPlatforms(db, caller.user.id));
      await usablePlatform(context, name);
      return followPlatforms(hub, async () => [await seenPlatform(context, name)]);
    },
  })
  platformChanged(
    @Root() platform: PlatformRow | null,
    @Arg('name', () => String, { nullable: true, description: 'Only this one; NOT_FOUND ends it when it is gone.' }) name: string | null,
  ): Platform {
    if (!platform?.name) throw new KnownError('NOT_FOUND', `There is no platform '${name}' any more.`);
    return platform;
  }
}
