import type { Asker } from '@kiln/db/asks';
import type { FileEntry, FilePart } from '@kiln/domain';

/** Directories that one question is about, and bytes and files that one answer brings. */
const DIRECTORIES = 32;
const BYTES = 4 * 1024 * 1024;
const FILES = 128;
/** Milliseconds; a worker gives up after 30 s by itself. */
const PATIENCE = 40_000;

export interface OutputFile extends Pick<FileEntry, 'size' | 'modifiedAt'> {
  /** Relative to the job's output directory. */
  readonly path: string;
}

/** The files below each of the directories, however deep; null for one that is not there. */
export async function filesBelow(asker: Asker, jobId: number, roots: readonly string[]): Promise<(OutputFile[] | null)[]> {
  const found = roots.map((): OutputFile[] | null => null);
  let open = roots.map((path, root) => ({ path, root }));
  while (open.length > 0) {
    const asked = open.slice(0, DIRECTORIES);
    open = open.slice(DIRECTORIES);
    const paths = asked.map(({ path }) => path);
    const { answer } = await asker.ask<'list-directories'>({ kind: 'list-directories', jobId, paths }, { timeout: PATIENCE });
    for (const [at, { path, root }] of asked.entries()) {
      const entries = answer[at];
      if (!entries) continue;
      const files = found[root] ?? [];
      found[root] = files;
      for (const { name, kind, size, modifiedAt } of entries) {
        const below = `${path}/${name}`;
        if (kind === 'directory') open.push({ path: below, root });
        else files.push({ path: below, size, modifiedAt });
      }
    }
  }
  return found;
}

/** Each file with its bytes, which are read before the next one: many small files with one question, a large one with many. */
export async function* contents(
  asker: Asker,
  jobId: number,
  files: readonly OutputFile[],
): AsyncGenerator<{ file: OutputFile; content: AsyncIterable<Uint8Array> }> {
  for (let first = 0; first < files.length; ) {
    const batch = together(files.slice(first, first + FILES));
    first += batch.length;
    const [file] = batch;
    if (batch.length === 1 && file) {
      yield { file, content: inPieces(asker, jobId, file) };
      continue;
    }
    let bytes = await read(asker, jobId, batch.map(whole));
    for (const file of batch) {
      yield { file, content: once(bytes.subarray(0, file.size)) };
      bytes = bytes.subarray(file.size);
    }
  }
}

/** As many of the files as one answer has room for, at least one. */
function together(files: readonly OutputFile[]): readonly OutputFile[] {
  let room = BYTES;
  const end = files.findIndex(({ size }, index) => {
    room -= size;
    return index > 0 && room < 0;
  });
  return end < 0 ? files : files.slice(0, end);
}

async function* inPieces(asker: Asker, jobId: number, { path, size }: OutputFile): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < size; offset += BYTES) {
    yield await read(asker, jobId, [{ path, offset, length: Math.min(BYTES, size - offset) }]);
  }
}

async function read(asker: Asker, jobId: number, parts: readonly FilePart[]): Promise<Buffer> {
  const { body } = await asker.ask<'read-parts'>({ kind: 'read-parts', jobId, parts }, { timeout: PATIENCE });
  return body ?? Buffer.alloc(0);
}

const whole = ({ path, size }: OutputFile): FilePart => ({ path, offset: 0, length: size });

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
