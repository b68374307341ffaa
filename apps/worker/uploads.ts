import type { Database } from '@kiln/db/connect';
import { loadState } from '@kiln/db/load-state';
import { KnownError, type Platform, type Question, type Storage, type Upload, type Uploading } from '@kiln/domain';
import { isHidden } from '@kiln/platforms/files/hidden';
import { outputDirectory, type Places } from './places.ts';

const TIME_LIMIT = 30_000;
/** The checksum of a large file takes its time; milliseconds. */
const END_LIMIT = 240_000;

type UploadQuestion = Extract<Question, { kind: 'begin-upload' | 'add-to-upload' | 'end-upload' }>;

/** Brings a file into a storage, piece by piece. */
export async function answerUpload(
  db: Database,
  places: Places,
  platform: Platform,
  question: UploadQuestion,
  bytes: Uint8Array | null,
): Promise<{ value: unknown }> {
  const signal = AbortSignal.timeout(question.kind === 'end-upload' ? END_LIMIT : TIME_LIMIT);
  const { upload } = question;
  const storage = places.storage(platform, '', signal);
  const uploading = uploadingOf(storage, platform);
  switch (question.kind) {
    case 'begin-upload': {
      await refuseKilnsOwn(db, platform, upload.path);
      if (await isThere(storage, upload)) return { value: { there: true, offset: upload.size } };
      return { value: { there: false, offset: await uploading.begin(upload) } };
    }
    case 'add-to-upload':
      return { value: { offset: await uploading.add(upload, question.offset, bytes ?? new Uint8Array()) } };
    case 'end-upload':
      await refuseKilnsOwn(db, platform, upload.path); // a job may have begun there meanwhile
      await uploading.end(upload, question.sha256);
      return { value: null };
  }
}

function uploadingOf({ uploading }: Storage, { name, url }: Platform): Uploading {
  if (uploading) return uploading;
  if (url) throw new KnownError('BAD_INPUT', `${name} is a web server, which Kiln only reads: bring the file to another storage.`);
  throw new KnownError('BAD_INPUT', `Kiln does not upload to the bucket of ${name}: bring the file there with a program of its service.`);
}

/** What Kiln works in is not for others to write to. @throws KnownError BAD_INPUT */
async function refuseKilnsOwn(db: Database, platform: Platform, path: string): Promise<void> {
  const names = path.split('/');
  if (names.some((name) => name === '.kiln' || isHidden(name))) {
    throw new KnownError('BAD_INPUT', `“${path}” has a name that Kiln keeps for itself: choose another one.`);
  }
  for (const [at, name] of names.entries()) {
    const id = Number(/[1-9]\d{0,8}$/.exec(name)?.[0]);
    const state = Number.isNaN(id) ? null : await loadState(db, id);
    if (state?.output.storage.name !== platform.name) continue;
    if (names.slice(0, at + 1).join('/') === outputDirectory(state.output.path, state.job)) {
      throw new KnownError('BAD_INPUT', `“${path}” lies among the results of job ${id}, which only Kiln writes: choose another folder.`);
    }
  }
}

/** The same file, as far as size and time tell. */
async function isThere(storage: Storage, { path, size, modified }: Upload): Promise<boolean> {
  const found = await storage.stat(path).catch((error) => {
    if (error instanceof KnownError && error.code === 'NOT_FOUND') return null;
    throw error;
  });
  if (found?.kind !== 'file' || found.modifiedAt === null) return false;
  return found.size === size && Math.floor(Date.parse(found.modifiedAt) / 1000) === modified;
}
