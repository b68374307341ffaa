import { basename, resolve } from 'node:path';
import { type Connector, KnownError } from '@kiln/domain';
import { archiveOf } from './archive.ts';
import { bundle, CODE } from './bundle.ts';
import { checkTask, define } from './define.ts';
import { broken, checkShape, type RawDefinition } from './definition.ts';
import { contentHash, type Entry, readFolder } from './folder.ts';
import { importCode } from './import-code.ts';
import { MANIFEST, readManifest } from './manifest.ts';
import { connectorNameProblem } from './names.ts';
import { hasOwnMain, payloadFacts, withCommand } from './payload.ts';

export interface LoadedConnector {
  readonly connector: Connector;
  /** Its version: SHA-256 over the content of its folder. */
  readonly hash: string;
  /** Its `connector.ts` and what that imports as one ES module; null if it has only data. */
  readonly code: string | null;
  /** The folder as a gzipped tar archive. @throws KnownError CONFLICT (retryable) if the folder is no longer this version. */
  archive(): Promise<Buffer>;
}

/** The connector in a folder of that name. `cache` is where the code of a `connector.ts` is kept. @throws KnownError */
export async function loadFolder(path: string, cache: string): Promise<LoadedConnector> {
  const name = basename(resolve(path));
  const wrong = connectorNameProblem(name);
  if (wrong) throw new KnownError('CONNECTOR_BROKEN', wrong);
  const folder = await read(path, name, cache);
  return loaded(path, folder, contentHash(folder.entries), cache);
}

/** The version `hash` of a connector, unpacked from its archive to `path`. @throws KnownError */
export async function loadUnpacked(path: string, name: string, hash: string, cache: string): Promise<LoadedConnector> {
  const folder = await read(path, name, cache);
  if (contentHash(folder.entries) !== hash) {
    throw new KnownError('CONNECTOR_BROKEN', `The unpacked copy of '${name}' is not the version ${hash.slice(0, 12)}; remove ${path}.`);
  }
  return loaded(path, folder, hash, cache);
}

function loaded(path: string, { connector, code }: Folder, hash: string, cache: string): LoadedConnector {
  const archive = async () => {
    const { entries } = await read(path, connector.name, cache);
    if (contentHash(entries) === hash) return archiveOf(entries);
    throw new KnownError('CONFLICT', `The folder of '${connector.name}' was changed while it was read; try again.`, { retryable: true });
  };
  return { connector, hash, code, archive };
}

interface Folder extends Pick<LoadedConnector, 'connector' | 'code'> {
  readonly entries: readonly Entry[];
}

async function read(path: string, name: string, cache: string): Promise<Folder> {
  const entries = await readFolder(path);
  const file = definitionFile(entries, name);
  const { definition, code } = await definitionOf(file, entries, name, cache);
  checkTask(name, file.path, definition.command !== undefined, hasOwnMain(entries, definition.command));
  const complete = withCommand(entries, definition.command);
  return { connector: define(name, definition, payloadFacts(complete), file.path), code, entries: complete };
}

function definitionFile(entries: readonly Entry[], name: string): Entry & { readonly content: Buffer } {
  const find = (path: string) => entries.find((entry) => entry.path === path);
  const [data, code] = [find(MANIFEST), find(CODE)];
  if (data && code) throw broken(name, [`it has both ${MANIFEST} and ${CODE}; remove one of them.`]);
  const file = data ?? code;
  if (file?.content) return { ...file, content: file.content };
  const hint = find('connector.yml') ? `rename connector.yml to ${MANIFEST}` : `add ${MANIFEST}`;
  throw broken(name, [`it has neither ${MANIFEST} nor ${CODE}; ${hint}.`]);
}

async function definitionOf(
  file: { path: string; content: Buffer },
  entries: readonly Entry[],
  name: string,
  cache: string,
): Promise<{ definition: RawDefinition; code: string | null }> {
  if (file.path === MANIFEST) return { definition: readManifest(file.content.toString()), code: null };
  const code = await bundle(entries);
  return { definition: checkShape(await importCode(name, code, cache), CODE), code };
}
