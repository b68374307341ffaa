import { createHash } from 'node:crypto';
import type { Database } from '@kiln/db/connect';
import { loadState } from '@kiln/db/load-state';
import { KnownError, type Platform, type Question, type Upload } from '@kiln/domain';
import { isHidden } from '@kiln/platforms/files/hidden';
import { outputDirectory, type Places } from './places.ts';

const TIME_LIMIT = 30_000;
/** The slowest way on which pieces go; bytes a millisecond. */
const SLOWEST = 32;
/** A service takes its time to put the parts of a large file together; milliseconds. */
const END_LIMIT = 240_000;

type UploadQuestion = Extract<Question, { kind: 'begin-upload' | 'add-to-upload' | 'end-upload' }>;

/** Brings a file into a storage, piece by piece. */
export async function answerUpload(
  db: Database,
  places: Places,
  platform: Platform,
  question: UploadQuestion,
  given: Uint8Array | null,
): Promise<{ value: unknown }> {
  const bytes = given ?? new Uint8Array();
  const signal = AbortSignal.timeout(question.kind === 'end-upload' ? END_LIMIT : TIME_LIMIT + Math.ceil(bytes.length / SLOWEST));
  const { upload } = question;
  const { uploading } = places.storage(platform, '', signal);
  if (!uploading) {
    throw new KnownError('BAD_INPUT', `${platform.name} is a web server, which Kiln only reads: bring the file to another storage.`);
  }
  const piece = uploading.pieceOf(upload.size);
  switch (question.kind) {
    case 'begin-upload': {
      await refuseKilnsOwn(db, platform, upload.path);
      if (await uploading.has(upload)) return { value: { there: true, offset: upload.size, piece } };
      return { value: { there: false, offset: await uploading.begin(upload), piece } };
    }
    case 'add-to-upload': {
      const { offset } = question;
      needPiece(upload, offset, bytes, piece);
      const sha256 = question.sha256 ?? createHash('sha256').update(bytes).digest('hex');
      return { value: { offset: await uploading.add(upload, { offset, bytes, sha256 }) } };
    }
    case 'end-upload':
      await refuseKilnsOwn(db, platform, upload.path); // a job may have begun there meanwhile
      await uploading.end(upload, question.sums);
      return { value: null };
  }
}

/** @throws KnownError BAD_INPUT */
function needPiece({ path, size }: Upload, offset: number, bytes: Uint8Array, piece: number): void {
  if (offset % piece === 0 && bytes.length > 0 && bytes.length === Math.min(piece, size - offset)) return;
  throw new KnownError('BAD_INPUT', `“${path}” comes in pieces of ${piece} bytes, one after the other, and what is left at its end.`);
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
