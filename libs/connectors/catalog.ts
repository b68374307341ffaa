import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KnownError } from '@kiln/domain';
import { fingerprint } from './folder.ts';
import { type LoadedConnector, loadFolder } from './load.ts';
import { connectorNameOf } from './names.ts';

export type CatalogEntry =
  | { readonly name: string; readonly path: string; readonly state: 'sound'; readonly loaded: LoadedConnector }
  | {
      readonly name: string;
      readonly path: string;
      readonly state: 'broken';
      /** One sentence: why. */
      readonly problem: string;
      /** The connector of this name is the one in an earlier folder, sound or not; this entry is for telling people only. */
      readonly shadowed: boolean;
    };

export interface Catalog {
  /** What the folders hold now. Only folders that changed since the last scan are read. */
  scan(): Promise<CatalogEntry[]>;
}

/** Finds connectors in `folders`; of two with the same name, the one in the earlier folder counts. */
export function createCatalog(options: { readonly folders: readonly string[]; readonly cache: string }): Catalog {
  let known = new Map<string, Seen>();
  const scanOnce = async (): Promise<CatalogEntry[]> => {
    const seen = new Map<string, Seen>();
    const first = new Map<string, string>();
    const entries: CatalogEntry[] = [];
    for (const { name, path } of await candidates(options.folders)) {
      const other = first.get(name);
      if (other !== undefined) {
        entries.push({
          name,
          path,
          state: 'broken',
          problem: `There is a connector '${name}' in ${other} already; rename this folder.`,
          shadowed: true,
        });
        continue;
      }
      first.set(name, path);
      const current = await look(name, path, options.cache, known.get(path));
      seen.set(path, current);
      entries.push(current.entry);
    }
    known = seen;
    return entries;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    scan() {
      const scan = last.then(scanOnce);
      last = scan.catch(() => undefined); // told to the caller of that scan; the next one starts afresh
      return scan;
    },
  };
}

interface Seen {
  /** Null: read again at the next scan. */
  readonly fingerprint: string | null;
  readonly entry: CatalogEntry;
}

const ATTEMPTS = 5;

async function look(name: string, path: string, cache: string, known: Seen | undefined): Promise<Seen> {
  let before = await printOf(path);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (known && known.fingerprint !== null && known.fingerprint === before) return known;
    const entry = await load(name, path, cache);
    const after = await printOf(path);
    if (before === after) return { fingerprint: after, entry };
    before = after; // somebody is writing: what was read may be a mixture
  }
  if (known?.entry.state === 'sound') return { fingerprint: null, entry: known.entry };
  const problem = `The folder of '${name}' is being changed; it is read again when that has ended.`;
  return { fingerprint: null, entry: { name, path, state: 'broken', problem, shadowed: false } };
}

async function load(name: string, path: string, cache: string): Promise<CatalogEntry> {
  try {
    return { name, path, state: 'sound', loaded: await loadFolder(path, cache) };
  } catch (error) {
    return { name, path, state: 'broken', problem: told(error), shadowed: false };
  }
}

/** A folder that cannot even be walked keeps the reason as its fingerprint. */
async function printOf(path: string): Promise<string> {
  try {
    return await fingerprint(path);
  } catch (error) {
    return `unreadable: ${told(error)}`;
  }
}

function told(error: unknown): string {
  if (error instanceof KnownError) return error.message;
  return `It cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

async function candidates(folders: readonly string[]): Promise<{ name: string; path: string }[]> {
  const found = [];
  for (const folder of folders) {
    for (const name of (await names(folder)).sort()) {
      const path = join(folder, name);
      if (!/^[._]/.test(name) && (await isDirectory(path))) found.push({ name: connectorNameOf(name), path });
    }
  }
  return found;
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return []; // nobody has made connectors of their own yet
    throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false; // removed since it was listed, or a link to nothing
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ELOOP');
}
