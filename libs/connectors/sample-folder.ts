import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Files of a folder by path; a script is one that begins with `#!` and becomes executable. */
export type Files = Readonly<Record<string, string>>;

export const MINIMAL: Files = {
  'connector.yaml': 'description: A sample.\nrunsOn: unix\n',
  'process_payload/main.sh': '#!/bin/sh\necho hello >"$2/hello"\n',
};

/** A directory that is removed when the test ends. */
export async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kiln-connectors-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export async function write(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
  }
}

/** A folder called `sample` with these files, and a cache beside it. */
export async function sample(files: Files = MINIMAL): Promise<{ parent: string; folder: string; cache: string }> {
  const parent = await temporary();
  const folder = join(parent, 'payloads', 'sample');
  await mkdir(folder, { recursive: true });
  await write(folder, files);
  return { parent, folder, cache: join(parent, 'cache') };
}
