import { createHash } from 'node:crypto';
import { KnownError, type Piece, type Upload, type Uploading } from '@kiln/domain';
import { uploadPlace } from '../upload-name.ts';
import { damaged, damagedPiece, noRegular, notWhole } from '../upload-trouble.ts';
import { removeLeftOver } from './left-over.ts';
import { type Objects, writtenAt } from './objects.ts';
import { type Part, Parts } from './parts.ts';
import { isDirectory, needNoFile } from './reading.ts';
import { join } from './replace.ts';
import { abandon, readNote, type UploadNote, writeNote } from './upload-note.ts';

const MEBIBYTE = 1024 * 1024;
/** Bytes; services want no part but the last to have fewer than 5 MiB. */
const LEAST_PIECE = 8 * MEBIBYTE;
/** A piece is in memory whole. */
const MOST_PIECE = 64 * MEBIBYTE;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MOST_PARTS = 10_000;

/** How files come into a bucket: each piece is a part of an upload of the service, which shows the file once it is whole. */
export function uploading(objects: Objects): Uploading {
  return {
    pieceOf,
    has: async (upload) => has(objects, upload, placesOf(upload)),
    begin: async (upload) => begin(objects, upload, placesOf(upload)),
    add: async (upload, piece) => add(objects, upload, piece, placesOf(upload)),
    end: async (upload, sums) => end(objects, upload, sums, placesOf(upload)),
  };
}

function pieceOf(size: number): number {
  const piece = Math.max(LEAST_PIECE, Math.ceil(size / MOST_PARTS / MEBIBYTE) * MEBIBYTE);
  if (piece <= MOST_PIECE) return piece;
  const most = Math.floor((MOST_PIECE * MOST_PARTS) / 1e9);
  throw new KnownError(
    'BAD_INPUT',
    `Kiln brings no file of more than ${most} GB to a bucket: bring it there with a program of its service.`,
  );
}

interface Places {
  readonly directory: string;
  readonly name: string;
  readonly place: string;
  readonly note: string;
  readonly piece: number;
}

function placesOf(upload: Upload): Places {
  const piece = pieceOf(upload.size);
  const { directory, name, hidden } = uploadPlace(upload, piece);
  return { directory: join(directory, ''), name, place: join(directory, name), note: join(directory, hidden), piece };
}

async function has(objects: Objects, { size, modified }: Upload, { place }: Places): Promise<boolean> {
  const found = await objects.head(place);
  return found?.size === size && found.written === modified;
}

async function begin(objects: Objects, upload: Upload, places: Places): Promise<number> {
  const { directory, place, note: at } = places;
  await needNoFile(objects, directory, `${objects.name(place)} could not be written`);
  if (await isDirectory(objects, place)) throw noRegular(upload);
  await removeLeftOver(objects, directory, at);
  if (upload.size === 0) return 0;
  const note = await readNote(objects, at);
  const listed = note && (await new Parts(objects, place).list(note.id));
  if (!note || !listed) return bytesOf(upload, places, await beginAnew(objects, upload, places));
  const there = wholeParts(upload, places, note, listed).length;
  const kept = { ...note, sums: note.sums.slice(0, there) };
  if (there < note.sums.length) await writeNote(objects, at, kept);
  return bytesOf(upload, places, kept);
}

/** Whoever begins at the same time goes on with the upload that is noted last. */
async function beginAnew(objects: Objects, { modified }: Upload, { name, place, note: at }: Places): Promise<UploadNote> {
  const parts = new Parts(objects, place);
  const id = await parts.create(writtenAt(modified));
  await writeNote(objects, at, { id, name, sums: [] });
  const note = await readNote(objects, at);
  if (note?.id !== id) await parts.abort(id);
  return note ?? { id, name, sums: [] };
}

function bytesOf({ size }: Upload, { piece }: Places, { sums }: UploadNote): number {
  return Math.min(size, sums.length * piece);
}

/** Those that are there in their order, each as long as its piece, and noted. */
function wholeParts({ size }: Upload, { piece }: Places, { sums }: UploadNote, listed: readonly Part[]): readonly Part[] {
  const isWhole = (part: Part, i: number) => part.number === i + 1 && part.size === Math.min(piece, size - i * piece) && i < sums.length;
  const end = listed.findIndex((part, i) => !isWhole(part, i));
  return end < 0 ? listed : listed.slice(0, end);
}

async function add(objects: Objects, upload: Upload, { offset, bytes, sha256 }: Piece, places: Places): Promise<number> {
  const { place, note: at, piece } = places;
  const number = offset / piece;
  const note = (await readNote(objects, at)) ?? (number === 0 ? await beginAnew(objects, upload, places) : null);
  if (!note) return 0;
  if (number > note.sums.length || note.sums[number] === sha256) return bytesOf(upload, places, note);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw damagedPiece(upload);
  const done = await new Parts(objects, place).put(note.id, number + 1, bytes);
  if (done === 'damaged') throw damagedPiece(upload);
  if (done === 'no upload') {
    await objects.remove(at);
    return 0; // somebody ended it: it begins anew
  }
  const kept = { ...note, sums: [...note.sums.slice(0, number), sha256] };
  await writeNote(objects, at, kept);
  return bytesOf(upload, places, kept);
}

async function end(objects: Objects, upload: Upload, given: string | null, places: Places): Promise<void> {
  const { place, note: at } = places;
  if (await isDirectory(objects, place)) throw noRegular(upload);
  if (upload.size === 0) return objects.put(place, new Uint8Array(), writtenAt(upload.modified));
  const parts = new Parts(objects, place);
  const note = await readNote(objects, at);
  const listed = note && (await parts.list(note.id));
  if (!note || !listed) return endedBefore(objects, upload, places);
  if (bytesOf(upload, places, note) < upload.size) throw notWhole(upload);
  const whole = wholeParts(upload, places, note, listed);
  if (whole.length !== listed.length || whole.length !== note.sums.length || (given !== null && sumOf(note) !== given)) {
    await abandon(objects, at);
    throw damaged(upload);
  }
  if (!(await parts.complete(note.id, whole))) return endedBefore(objects, upload, places);
  await objects.remove(at);
}

/** The answer was lost, if it is in its place. */
async function endedBefore(objects: Objects, upload: Upload, places: Places): Promise<void> {
  if (!(await has(objects, upload, places))) throw notWhole(upload);
  await objects.remove(places.note);
}

function sumOf({ sums }: UploadNote): string {
  const hash = createHash('sha256');
  for (const sum of sums) hash.update(`${sum}\n`);
  return hash.digest('hex');
}
