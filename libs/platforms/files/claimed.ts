import { KnownError, type Storage } from '@kiln/domain';
import { pack } from 'tar-stream';
import { MARK } from './hidden.ts';

/**
 * A storage that other installations use, too: a directory is opened only if nothing is in it, or what this installation has put there,
 * for jobs of another one may have the same numbers. `place` names it for people.
 */
export function claimed(storage: Storage, installation: string, place: string): Storage {
  return {
    ...storage,
    async open(path) {
      await storage.open(path);
      const claims = await claimOn(storage, path);
      if (claims === installation) return;
      if (claims === null && (await storage.list(path)).length === 0) return storage.unpack(path, mark(installation));
      const whose = claims === null ? 'files that no job of Kiln has put there' : 'results of another installation of Kiln';
      throw new KnownError('STORAGE_UNWRITABLE', `${place} holds ${whose}; submit the job with another output path.`);
    },
  };
}

async function claimOn(storage: Storage, path: string): Promise<string | null> {
  try {
    return new TextDecoder().decode(await storage.read(path ? `${path}/${MARK}` : MARK, 0, 100)) || null; // begun and not written
  } catch (error) {
    if (error instanceof KnownError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

async function* mark(installation: string): AsyncIterable<Uint8Array> {
  const archive = pack();
  archive.entry({ name: MARK }, installation);
  archive.finalize();
  yield* archive as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
}
