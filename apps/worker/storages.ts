import { join } from 'node:path';
import type { Database } from '@kiln/db/connect';
import type { Bucket, Platform, PlatformFacts, Storage, WebKey } from '@kiln/domain';
import { claimed } from '@kiln/platforms/files/claimed';
import { httpStorage } from '@kiln/platforms/files/http/http';
import { remoteStorage } from '@kiln/platforms/files/remote/remote';
import { s3Storage } from '@kiln/platforms/files/s3/s3';
import type { Shell } from '@kiln/platforms/shells/shell';
import type { Buckets } from './buckets.ts';
import type { Keyring } from './keyring.ts';
import { resultsRoot } from './results-root.ts';
import { openSecrets } from './secrets.ts';

/** The directory `path` of a machine that is logged in to, for the results of this installation. */
export function storageOnMachine(
  { name, settings }: Pick<Platform, 'name' | 'settings'>,
  facts: PlatformFacts,
  path: string,
  shell: Shell,
  installation: string,
): Storage {
  const { anchor, root } = resultsRoot(settings, facts);
  return claimed(remoteStorage(anchor, join(root, path), shell), installation, `${name}:${path}`);
}

/** The same of a bucket. */
export function storageInBucket(
  { name }: Pick<Platform, 'name'>,
  bucket: Bucket,
  path: string,
  buckets: Buckets,
  installation: string,
  signal: AbortSignal,
): Storage {
  return claimed(
    s3Storage(() => buckets.client(name), bucket, path, signal),
    installation,
    `${name}:${path}`,
  );
}

/** What a web server has. Its key is opened when it is needed: it may have been changed since. */
export function storageOnWeb(db: Database, keyring: Keyring, name: string, url: string, signal: AbortSignal): Storage {
  let opening: Promise<WebKey> | null = null;
  const key = () => {
    opening ??= openSecrets(db, keyring, name).then(({ credential }) => JSON.parse(credential) as WebKey); // checks alone seal it
    return opening;
  };
  return httpStorage({ url, key, signal });
}
