import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CodeOutcome } from './code-process.ts';

export interface Place {
  /** The address of the connector's code. */
  readonly module: string;
  /** An empty directory. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The text of the process's own program. */
  readonly program: string;
}

/** Lends a place where code may run, with nothing in its environment that is of no use to it. */
export async function inPlace(
  code: string,
  given: Readonly<Record<string, string | undefined>>,
  action: (place: Place) => Promise<CodeOutcome>,
): Promise<CodeOutcome> {
  let root: string | undefined;
  let place: Place;
  try {
    root = await mkdtemp(join(tmpdir(), 'kiln-code-'));
    place = await furnish(root, code, given);
  } catch (error) {
    await leave(root);
    return { kind: 'unstarted', why: String(error) }; // no room, or too many open files
  }
  try {
    return await action(place);
  } finally {
    await leave(root);
  }
}

async function furnish(root: string, code: string, given: Readonly<Record<string, string | undefined>>): Promise<Place> {
  const [directory, module] = [join(root, 'work'), join(root, 'connector.mjs')];
  await mkdir(directory);
  await writeFile(module, code);
  const { PATH = '/usr/local/bin:/usr/bin:/bin', HOME = userInfo().homedir, LANG = 'C.UTF-8' } = given;
  return { module: pathToFileURL(module).href, directory, environment: { PATH, HOME, LANG, TMPDIR: directory }, program: await program() };
}

/** Code may have made what cannot be removed; that is left to whoever clears the directory of temporary files. */
async function leave(root: string | undefined): Promise<void> {
  if (root !== undefined) await rm(root, { recursive: true, force: true }).catch(() => undefined);
}

let known: Promise<string> | undefined;

/** `code-child.ts` and what it imports as one module, made once. */
function program(): Promise<string> {
  known ??= bundled().catch((error) => {
    known = undefined;
    throw error;
  });
  return known;
}

async function bundled(): Promise<string> {
  const { build } = await import('esbuild'); // not needed, and not loaded, while all connectors are data
  const options = { bundle: true, write: false, format: 'esm', platform: 'node', target: 'node20', logLevel: 'silent' } as const;
  const entry = fileURLToPath(new URL('./code-child.ts', import.meta.url));
  const { outputFiles } = await build({ ...options, entryPoints: [entry], tsconfigRaw: '{}', charset: 'utf8' });
  return outputFiles[0]?.text ?? '';
}
