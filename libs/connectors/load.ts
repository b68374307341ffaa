import { basename, resolve } from 'node:path';
import { type Connector, KnownError } from '@kiln/domain';
import { adaptPayload } from './adapt-payload.ts';
import { archiveOf } from './archive.ts';
import { bundle, CODE } from './bundle.ts';
import { checkTask, define } from './define.ts';
import { broken, checkShape, type RawDefinition } from './definition.ts';
import { contentHash, type Entry, readFolder } from './folder.ts';
import { importCode } from './import-code.ts';
import { MANIFEST, readManifest } from './manifest.ts';
import { connectorNameOf, connectorNameProblem } from './names.ts';
import { ownMain, payloadFacts, withCommand } from './payload.ts';
import { withConstants } from './values-file.ts';
import { misnamedDefinition, withDefinition } from './without-definition.ts';

export interface LoadedConnector {
  readonly connector: Connector;
  /** Its version: SHA-256 over the content of its folder. */
  readonly hash: string;
  /** Its `connector.ts` and what that imports as one ES module; null if it has only data. */
  readonly code: string | null;
  /** The folder as a gzipped tar archive. @throws KnownError CONFLICT (retryable) if the folder is no longer this version. */
  archive(): Promise<Buffer>;
}

/** The connector in a folder, which says its name. `cache` is where the code of a `connector.ts` is kept. @throws KnownError */
export async function loadFolder(path: string, cache: string): Promise<LoadedConnector> {
  const name = connectorNameOf(basename(resolve(path)));
  const wrong = connectorNameProblem(name);
  if (wrong) throw new KnownError('CONNECTOR_BROKEN', wrong);
  const reading = () => read(path, name, cache, 'written');
  const folder = await reading();
  return loaded(folder, contentHash(folder.entries), reading);
}

/** The version `hash` of a connector, unpacked from its archive to `path`. @throws KnownError */
export async function loadUnpacked(path: string, name: string, hash: string, cache: string): Promise<LoadedConnector> {
  const reading = () => read(path, name, cache, 'archived');
  const folder = await reading();
  if (contentHash(folder.entries) !== hash) {
    throw new KnownError('CONNECTOR_BROKEN', `The unpacked copy of '${name}' is not the version ${hash.slice(0, 12)}; remove ${path}.`);
  }
  return loaded(folder, hash, reading);
}

function loaded({ connector, code }: Folder, hash: string, again: () => Promise<Folder>): LoadedConnector {
  const archive = async () => {
    const { entries } = await again();
    if (contentHash(entries) === hash) return archiveOf(entries);
    throw new KnownError('CONFLICT', `The folder of '${connector.name}' was changed while it was read; try again.`, { retryable: true });
  };
  return { connector, hash, code, archive };
}

interface Folder extends Pick<LoadedConnector, 'connector' | 'code'> {
  readonly entries: readonly Entry[];
}

/** What was archived is complete; what somebody has written may need a definition, and a payload may have to be adapted. */
async function read(path: string, name: string, cache: string, state: 'written' | 'archived'): Promise<Folder> {
  const found = await readFolder(path);
  const defined = state === 'written' ? withDefinition(found) : found;
  const file = definitionFile(defined, name);
  const { definition, code } = await definitionOf(file, defined, name, cache);
  const entries = state === 'written' ? adaptPayload(name, defined, definition.input !== undefined) : defined;
  checkTask(name, file.path, definition.command !== undefined, ownMain(entries, definition.command));
  const complete = withCommand(entries, definition.command);
  const parameters = withConstants(definition.parameters ?? {}, complete);
  return { connector: define(name, { ...definition, parameters }, payloadFacts(complete), file.path), code, entries: complete };
}

function definitionFile(entries: readonly Entry[], name: string): Entry & { readonly content: Buffer } {
  const find = (path: string) => entries.find((entry) => entry.path === path);
  const [data, code] = [find(MANIFEST), find(CODE)];
  if (data && code) throw broken(name, [`it has both ${MANIFEST} and ${CODE}; remove one of them.`]);
  const file = data ?? code;
  if (file?.content) return { ...file, content: file.content };
  const misnamed = misnamedDefinition(entries);
  const hint = misnamed ? `rename ${misnamed.path} to ${misnamed.meant}` : `add ${MANIFEST}`;
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
