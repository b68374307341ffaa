import { join } from 'node:path';
import type { OutputEntry } from './documents.ts';
import { type Downloaded, downloadFile, safeName } from './files.ts';
import type { Connection } from './request.ts';

export interface DownloadOptions {
  /** Below the job's output directory; default: all of it. A file's path brings that file. */
  readonly path?: string;
  /** What a single file is called here; its own name without it. */
  readonly name?: string;
  /** How long a lost connection is tried again, in milliseconds. */
  readonly patience?: number | undefined;
}

/** `name`: only entries in whose names it is found are needed. */
type List = (path: string, name?: string) => Promise<readonly OutputEntry[]>;

// Small files cost a round trip each; a few at once hide it without crowding the server.
const AT_ONCE = 4;

/** Every file of a tree, each as soon as it is on disk. Directories are walked one at a time, so memory stays flat. */
export async function* downloadTree(
  connection: Connection,
  list: List,
  directory: string,
  options: DownloadOptions,
): AsyncGenerator<Downloaded, void, undefined> {
  const running = new Set<Promise<Finished>>();
  const bring = (entry: OutputEntry, target: string) => {
    const work: Promise<Finished> = downloadFile(connection, entry, target, options.patience).then((value) => ({ value, work }));
    work.catch(() => undefined); // it is thrown where it is awaited, below
    running.add(work);
  };
  const top = await entriesAt(list, options);
  for await (const { entry, target } of walk(list, top, directory, isInTask(options.path))) {
    bring(entry, target);
    if (running.size >= AT_ONCE) yield await next(running);
  }
  while (running.size > 0) yield await next(running);
}

interface Finished {
  readonly value: Downloaded;
  readonly work: Promise<Finished>;
}

async function next(running: Set<Promise<Finished>>): Promise<Downloaded> {
  const finished = await Promise.race(running);
  running.delete(finished.work);
  return finished.value;
}

/** What tasks are still at work on is in it only if it was asked for: `away`. */
async function* walk(
  list: List,
  entries: readonly OutputEntry[],
  directory: string,
  away: boolean,
): AsyncGenerator<{ entry: OutputEntry; target: string }, void, undefined> {
  for (const entry of entries) {
    if (entry.node !== null && !away) continue;
    if (entry.kind === 'FILE') yield { entry, target: directory };
    else yield* walk(list, await list(entry.path), join(directory, safeName(entry.name)), away);
  }
}

/** Of `output_0/7` and what is below. */
function isInTask(path = ''): boolean {
  return path.split('/').filter((name) => name !== '').length > 1;
}

/** What a path names: the entries of a directory, or the one file itself. */
async function entriesAt(list: List, { path = '', name }: DownloadOptions): Promise<readonly OutputEntry[]> {
  const file = await fileAt(list, path);
  return file ? [name === undefined ? file : { ...file, name }] : list(path);
}

/** The entry of a path that names a file. */
export async function fileAt(list: List, path: string): Promise<OutputEntry | undefined> {
  const names = path.split('/').filter((name) => name !== '');
  const name = names.pop();
  if (name === undefined) return undefined;
  const siblings = await list(names.join('/'), name);
  return siblings.find((entry) => entry.name === name && entry.kind === 'FILE');
}
