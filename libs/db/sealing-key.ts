import { KnownError } from '@kiln/domain';
import type { Database } from './connect.ts';
import { sealingKey } from './schema-workers.ts';

/** The first key to be published stays; returns the one that counts. A worker that does not hold its other half cannot work here. */
export async function publishSealingKey(db: Database, publicKey: string): Promise<string> {
  await db.orm.insert(sealingKey).values({ publicKey }).onConflictDoNothing();
  return (await publishedKey(db)) ?? publicKey;
}

/** @throws KnownError NO_WORKER if no worker ever ran here */
export async function findSealingKey(db: Database): Promise<string> {
  const published = await publishedKey(db);
  if (published) return published;
  throw new KnownError('NO_WORKER', 'Secrets can be taken only once a worker has run: start one (`kiln worker`) and try again.', {
    retryable: true,
  });
}

async function publishedKey(db: Database): Promise<string | undefined> {
  const [row] = await db.orm.select({ publicKey: sealingKey.publicKey }).from(sealingKey);
  return row?.publicKey;
}
