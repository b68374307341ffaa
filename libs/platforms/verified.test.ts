import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localStorage } from './files/local.ts';
import { remoteStorage } from './files/remote/remote.ts';
import { oneMachine } from './machines.ts';
import { localShell } from './shells/local.ts';
import { createSite } from './site.ts';

let directory: string;
let environment: Record<string, string | undefined>;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kiln-verified-'));
  await mkdir(join(directory, 'bin'));
  const tar = execFileSync('sh', ['-c', 'command -v tar'], { encoding: 'utf8' }).trim();
  // A disk that spoils what is called `big`.
  const spoiling = `#!/bin/sh\n${tar} "$@" || exit\nwhile [ "$1" ] && [ "$1" != -C ]; do shift; done\n[ -z "$2" ] || cd "$2"\n[ ! -e big ] || printf Y >big\n`;
  await writeFile(join(directory, 'bin/tar'), spoiling, { mode: 0o755 });
  environment = { ...process.env, PATH: `${join(directory, 'bin')}:${process.env['PATH']}` };
});
afterEach(() => rm(directory, { recursive: true }));

async function* archive(files: Record<string, string>): AsyncIterable<Uint8Array> {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
  tar.finalize();
  yield* tar as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
}

const NOT_SENT = { code: 'PLATFORM_UNAVAILABLE', retryable: true, message: expect.stringContaining('what arrived is not what was sent') };

test('what a storage did not get as it was sent takes the place of nothing', async () => {
  const root = join(directory, 'root');
  await mkdir(root);
  const shell = localShell(environment);
  for (const storage of [localStorage(root, shell), remoteStorage(root, root, shell)]) {
    await storage.unpack('', archive({ 'in/x': 'before' }), ['in']);
    await expect(storage.unpack('', archive({ big: 'X', x: 'after' }), ['in'], 'in')).rejects.toMatchObject(NOT_SENT);
    expect(await readFile(join(root, 'in/x'), 'utf8')).toBe('before');
    expect(await readdir(root)).toEqual(['in']);
  }
});

test('input sets that a node did not get as they were sent are no input of any task', async () => {
  const job = { id: 1, connector: 'c' };
  const node = { name: 'n', address: '', root: join(directory, 'node') };
  const site = createSite(oneMachine({ ...node, address: '', slots: 1 }), () => localShell(environment));
  await site.prepare(job, node, { archive: () => archive({ x: '' }), size: async () => 0, copied: false, parameters: {}, round: 0 });
  await expect(site.bring(job, node, 0, archive({ big: 'X' }), 0)).rejects.toMatchObject(NOT_SENT);
  const task = { number: 1, iteration: 0, values: {}, input: 'set', attempt: 1 };
  await expect(site.stageIn(job, node, [task], {}, 'execute-0-0-0.')).rejects.toMatchObject({ code: 'INTERNAL' });
  await site.bring(job, node, 0, archive({ 'set/y': 'Y' }), 0);
  await site.stageIn(job, node, [task], {}, 'execute-0-0-0.');
  expect(await readFile(join(node.root, 'c1/input_0/1/y'), 'utf8')).toBe('Y');
});
