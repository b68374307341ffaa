import type { Database } from '@kiln/db/connect';
import { foreignResultsIn } from '@kiln/db/foreign-results';
import type { OwnedPlatform } from '@kiln/db/platforms';
import { type InputLocation, type InputSets, inputSetsIn, KnownError, type Storage, WHOLE } from '@kiln/domain';
import { fromDatabase } from './from-database.ts';
import type { Places } from './places.ts';

export interface InputWanted {
  readonly ownerId: string;
  /** Null if it was removed. */
  readonly platform: OwnedPlatform | null;
  /** As it was submitted. */
  readonly storage: string;
  readonly path: string;
}

/** A directory from which a job of `ownerId` takes its input. Only a job that does so is told that it cannot. */
export function inputLocation(db: Database, places: Places, wanted: InputWanted, signal: AbortSignal): InputLocation {
  const { path } = wanted;
  const name = `${wanted.storage}/${path}`;
  return {
    name,
    async look() {
      const platform = ownPlatform(wanted);
      const storage = places.storage(platform, '', signal);
      // What everybody may use holds the results of everybody.
      if (platform.ownerId === null) await needOwn(db, storage, wanted, name);
      return setsIn(storage, path, name);
    },
    async size() {
      return places.storage(ownPlatform(wanted), '', signal).size([path]);
    },
    async *pack() {
      const storage = places.storage(ownPlatform(wanted), '', signal);
      yield* storage.packFile && (await storage.stat(path)).kind === 'file' ? storage.packFile(path) : storage.pack(path);
    },
    outlet: () => places.storage(ownPlatform(wanted), '', signal).outlet?.(path),
  };
}

function ownPlatform({ platform, ownerId, storage }: InputWanted): OwnedPlatform {
  if (platform && (platform.ownerId === null || platform.ownerId === ownerId)) return platform;
  throw new KnownError('PLATFORM_UNAVAILABLE', `There is no storage '${storage}' any more; submit the job with another input.`);
}

async function setsIn(storage: Storage, path: string, name: string): Promise<InputSets> {
  const { kind } = await storage.stat(path).catch((error) => notThere(error, name));
  if (kind === 'file' && storage.packFile) return { whole: true, names: [WHOLE] };
  if (kind === 'file') throw new KnownError('BAD_INPUT', `The input location ${name} is a file; name the folder that it is in.`);
  const sets = inputSetsIn(await storage.list(path));
  if (sets.names.length === 0)
    throw new KnownError('BAD_INPUT', `The input location ${name} is empty; put the files there and submit again.`);
  return sets;
}

/** @throws KnownError NOT_FOUND if it is, or holds, what others have; a link on the way would lead past this check */
async function needOwn(db: Database, storage: Storage, { ownerId, storage: shared, path }: InputWanted, name: string): Promise<void> {
  const parts = path.split('/');
  for (const [i, part] of parts.entries()) {
    const entries = await storage.list(parts.slice(0, i).join('/')).catch((error) => notThere(error, name));
    if (!entries.some((entry) => entry.name === part)) nowhere(name);
  }
  if (await fromDatabase(() => foreignResultsIn(db, ownerId, shared, path))) {
    throw new KnownError('FORBIDDEN', `The input location ${name} holds results of somebody else; choose a folder of your own.`);
  }
}

function notThere(error: unknown, name: string): never {
  if (error instanceof KnownError && error.code === 'NOT_FOUND') nowhere(name, error);
  throw error;
}

function nowhere(name: string, cause?: unknown): never {
  throw new KnownError('NOT_FOUND', `There is no input location ${name}; check the path, or put the files there.`, { cause });
}
