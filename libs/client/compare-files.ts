import type { Subject } from './comparison.ts';
import type { OutputEntry } from './documents.ts';

/** `unread`: as long as each other, and too long or too many to be read. `some`: not all have it. */
export type FileVerdict = 'same' | 'different' | 'some' | 'unread';

export interface ComparedFile {
  /** Relative to the subject's directory. */
  readonly path: string;
  /** One for each subject; null where it has no such file. */
  readonly entries: readonly (OutputEntry | null)[];
  readonly verdict: FileVerdict;
}

export interface ComparedFiles {
  /** In the order of their paths. */
  readonly files: readonly ComparedFile[];
  /** There are more files or directories than were looked at. */
  readonly cut: boolean;
}

/** How files are had. */
export interface FileReader {
  /** Entries of a directory of a job; none if there is no such directory. */
  list(job: string, path: string): Promise<readonly OutputEntry[]>;
  /** The first `most` bytes of a file. */
  read(entry: OutputEntry, most: number): Promise<Uint8Array>;
}

const MOST_DIRECTORIES = 200;
const MOST_FILES = 2000;
/** Files longer than this, in bytes, and files beyond so many, are not read to find out whether they are the same. */
const MOST_BYTES = 256 * 1024;
const MOST_READ = 200;
const AT_ONCE = 4;

/** The results of the subjects, file by file. */
export async function compareFiles(subjects: readonly Subject[], reader: FileReader): Promise<ComparedFiles> {
  const trees = await Promise.all(subjects.map((subject) => treeOf(subject, reader)));
  const paths = [...new Set(trees.flatMap(({ files }) => [...files.keys()]))]
    .filter((path) => trees.every(({ files, cut }) => !cut || files.has(path))) // nobody knows whether the others have the rest
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const listed = paths.map((path) => {
    const entries = trees.map((tree) => tree.files.get(path) ?? null);
    return { path, entries, bySize: verdictBySize(entries) };
  });
  const toRead = new Set(listed.flatMap(({ path, bySize }) => (bySize === null ? [path] : [])).slice(0, MOST_READ));
  const files: ComparedFile[] = [];
  for (let at = 0; at < listed.length; at += AT_ONCE) {
    const decided = listed.slice(at, at + AT_ONCE).map(async ({ path, entries, bySize }) => ({
      path,
      entries,
      verdict: bySize ?? (toRead.has(path) ? await verdictByContent(entries, reader) : 'unread'),
    }));
    files.push(...(await Promise.all(decided)));
  }
  return { files, cut: trees.some(({ cut }) => cut) };
}

interface Tree {
  readonly files: ReadonlyMap<string, OutputEntry>;
  readonly cut: boolean;
}

async function treeOf({ job, directory }: Subject, reader: FileReader): Promise<Tree> {
  const files = new Map<string, OutputEntry>();
  const directories = [directory];
  for (let at = 0; at < directories.length; at += 1) {
    if (at >= MOST_DIRECTORIES || files.size >= MOST_FILES) return { files, cut: true };
    for (const entry of await reader.list(job, directories[at] ?? directory)) {
      if (entry.node !== null) continue; // its task is still at work
      if (entry.kind === 'DIRECTORY') directories.push(entry.path);
      else files.set(entry.path.slice(directory.length + 1), entry);
    }
  }
  return { files, cut: false };
}

function verdictBySize(entries: readonly (OutputEntry | null)[]): FileVerdict | null {
  if (entries.includes(null)) return 'some';
  const sizes = new Set(entries.map((entry) => entry?.size));
  return sizes.size > 1 ? 'different' : null;
}

async function verdictByContent(entries: readonly (OutputEntry | null)[], reader: FileReader): Promise<FileVerdict> {
  const [first = null, ...others] = entries;
  if (first === null || first.size > MOST_BYTES) return 'unread';
  const bytes = await reader.read(first, MOST_BYTES);
  for (const entry of others) if (entry && !equal(bytes, await reader.read(entry, MOST_BYTES))) return 'different';
  return 'same';
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
