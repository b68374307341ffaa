import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type LoadedConnector, loadUnpacked } from '@kiln/connectors/load';
import { readArchive } from '@kiln/db/catalog';
import type { Database } from '@kiln/db/connect';
import { type Connector, type Job, KnownError } from '@kiln/domain';
import { Programs } from '@kiln/platforms/files/programs';
import type { Shell } from '@kiln/platforms/shells/shell';
import { isNodeError, toKnownError } from '@kiln/platforms/trouble';
import { fromDatabase } from './from-database.ts';

type VersionRef = Pick<Job, 'connector' | 'version'>;

/** Connectors as they were when jobs of them were submitted. */
export interface Versions {
  /** @throws KnownError CONNECTOR_BROKEN if it cannot be loaded any more. */
  load(job: VersionRef): Promise<Pick<LoadedConnector, 'connector' | 'code'>>;
  /** A tar archive of `bootstrap.sh`, `process_payload` and `initial`. Load the connector first. */
  payload(job: VersionRef, connector: Connector): AsyncIterable<Uint8Array>;
  /** How many bytes the files in it hold. */
  payloadSize(job: VersionRef, connector: Connector): Promise<number>;
}

/** Unpacks each version once below `cache`; `shell` runs tar on this machine. */
export function createVersions(db: Database, cache: string, shell: Shell): Versions {
  const loaded = new Map<string, Promise<LoadedConnector>>();
  const folder = (version: string) => join(cache, 'versions', version);

  async function load({ connector: name, version }: VersionRef): Promise<LoadedConnector> {
    await present(version);
    return loadUnpacked(folder(version), name, version, cache);
  }

  /** Unpacked, if it is not there (any more). */
  async function present(version: string): Promise<void> {
    const path = folder(version);
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (!there) await unpack(version, path);
  }

  /** Several workers may share the cache: the folder appears whole, by a rename. */
  async function unpack(version: string, path: string): Promise<void> {
    const archive = await fromDatabase(() => readArchive(db, version));
    if (!archive) throw new KnownError('CONNECTOR_BROKEN', `The version ${version.slice(0, 12)} of this connector is not stored any more.`);
    const hidden = `${path}.${crypto.randomUUID()}`;
    try {
      await mkdir(hidden, { recursive: true });
      const { code, stderr } = await shell.run(['tar', '-xzf', '-', '-C', hidden], { input: once(archive) });
      if (code !== 0) throw new Error(stderr);
      await rename(hidden, path);
    } catch (error) {
      await rm(hidden, { recursive: true, force: true });
      if (!isNodeError(error, 'ENOTEMPTY', 'EEXIST')) throw toKnownError(error, `The connector could not be unpacked to ${path}`);
    }
  }

  return {
    load(job) {
      const found = loaded.get(job.version) ?? load(job);
      loaded.set(job.version, found);
      found.catch(() => loaded.delete(job.version)); // The next caller tries again; this one gets the error.
      return found;
    },
    async *payload(job, { payload }) {
      await present(job.version);
      yield* shell.stream(['tar', '-C', folder(job.version), '-cf', '-', ...namesIn(payload)], '');
    },
    async payloadSize(job, { payload }) {
      await present(job.version);
      const paths = namesIn(payload).map((name) => join(folder(job.version), name));
      return new Programs(shell).size(paths, 'The payload could not be read');
    },
  };
}

function namesIn({ bootstrap, initial }: Connector['payload']): readonly string[] {
  return ['process_payload', ...(bootstrap ? ['bootstrap.sh'] : []), ...(initial ? ['initial'] : [])];
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
