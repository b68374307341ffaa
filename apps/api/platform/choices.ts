import { type Choices, storagesOf } from '@kiln/connectors/form';
import type { Database } from '@kiln/db/connect';
import { listPlatforms } from '@kiln/db/platforms';

/** What a user can choose from. */
export async function choicesOf(db: Database, userId: string): Promise<Choices> {
  const platforms = await listPlatforms(db, userId);
  return { platforms, storages: storagesOf(platforms) };
}
