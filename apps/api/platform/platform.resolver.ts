import { listPlatforms } from '@kiln/db/platforms';
import { Ctx, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { Platform } from './platform.type.ts';

@Resolver()
export class PlatformResolver {
  @Query(() => [Platform], { description: 'The platforms that the viewer may use.' })
  platforms(@Ctx() { db, caller }: Context): Promise<Platform[]> {
    return listPlatforms(db, caller.user.id);
  }
}
