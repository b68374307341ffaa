import type { Database } from '@kiln/db/connect';
import { findPlatform } from '@kiln/db/platforms';
import { type AccessKey, KnownError } from '@kiln/domain';
import { clientOf, type S3Client } from '@kiln/platforms/files/s3/client';
import { fromDatabase } from './from-database.ts';
import type { Keyring } from './keyring.ts';
import { openSecrets } from './secrets.ts';

/** The connections of a worker to services that speak S3. */
export interface Buckets {
  /** Of a platform; shared by all that speak to it. */
  client(name: string): Promise<S3Client>;
  /** It may have another key now. */
  forget(name: string): void;
  close(): void;
}

export function createBuckets(db: Database, keyring: Keyring): Buckets {
  const clients = new Map<string, Promise<S3Client>>();

  async function open(name: string): Promise<S3Client> {
    const platform = await fromDatabase(() => findPlatform(db, name));
    const { credential } = await openSecrets(db, keyring, name);
    if (!platform?.bucket) throw new KnownError('PLATFORM_UNAVAILABLE', `${name} is no bucket any more.`, { retryable: true });
    return clientOf(platform.bucket, JSON.parse(credential) as AccessKey); // checks alone seal it
  }

  return {
    client(name) {
      const known = clients.get(name);
      if (known) return known;
      const opening = open(name);
      clients.set(name, opening);
      opening.catch(() => clients.delete(name)); // the next one tries again
      return opening;
    },
    forget: (name) => void clients.delete(name), // what is under way goes on
    close() {
      for (const client of clients.values()) client.then((open) => open.destroy()).catch(() => undefined); // it never was open
    },
  };
}
