import type { Choices } from '@kiln/connectors/form';
import type { Database } from '@kiln/db/connect';
import { listPlatforms } from '@kiln/db/platforms';

/** What a user can choose from. Outputs are kept on the machine that Kiln runs on. */
export async function choicesOf(db: Database, userId: string): Promise<Choices> {
  const platforms = await listPlatforms(db, userId);
  return { platforms, storages: platforms.filter(({ kind, provider }) => kind === 'unix' && provider === 'local').map(({ name }) => name) };
}
