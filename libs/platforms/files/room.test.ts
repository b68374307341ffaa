import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { asset } from '../runner/asset.ts';
import { probe } from './room.ts';

vi.mock('node:fs/promises', { spy: true });

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kiln-room-'));
});
afterEach(async () => {
  vi.mocked(statfs).mockReset();
  await rm(directory, { recursive: true });
});

/** The exit code of a script that asks for room where `df` says so. */
async function withDf(line: string, script: string, ...args: readonly string[]): Promise<number> {
  const bin = join(directory, 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'df'), `#!/bin/sh\necho 'Filesystem 1024-blocks Used Available Capacity Mounted on'\necho '${line}'\n`);
  await chmod(join(bin, 'df'), 0o755);
  const options = { cwd: directory, env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` } };
  return promisify(execFile)('sh', ['-c', script, 'sh', ...args], options).then(
    () => 0,
    ({ code }) => code,
  );
}

const FULL = 'disk 1000 1000 0 100% /';
const UNTOLD = ['cloud 0 0 0 - /', 'cloud - - - - /'];
const TERABYTE = 10 ** 12;

test('a file system that tells 0 in all has room for results', async () => {
  const { bsize } = await statfs(directory);
  const told = (blocks: number) => ({ blocks, bavail: 0, bsize }) as Awaited<ReturnType<typeof statfs>>; // nothing else is looked at
  vi.mocked(statfs).mockResolvedValue(told(1000));
  await expect(probe(directory, 1)).rejects.toMatchObject({ code: 'DISK_FULL' });
  vi.mocked(statfs).mockResolvedValue(told(0));
  await probe(directory, TERABYTE);
});

test('so it has on another machine', async () => {
  const room = fileURLToPath(new URL('remote/room.sh', import.meta.url));
  const asked = '. "$1"; room 1';
  expect(await withDf(FULL, asked, room)).toBe(28);
  for (const line of UNTOLD) expect(await withDf(line, asked, room)).toBe(0);
});

test('and for what goes to a node', async () => {
  const prepare = [join(directory, 'job'), 'prepare', '1', String(TERABYTE)];
  expect(await withDf(FULL, String(asset('node.sh')), ...prepare)).toBe(28);
  for (const line of UNTOLD) expect(await withDf(line, String(asset('node.sh')), ...prepare)).toBe(0);
});
