import { execFile, spawn } from 'node:child_process';
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asset } from './runner/asset.ts';
import { Tally } from './tally.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kiln-tally-'));
  await mkdir(join(directory, 'deep'));
  const files = { empty: 0, one: 1, 'deep/-rf': 255, 'deep/a\nb': 256, '12 34 .x': 70_000, 'deep/odd\n12 34 .': 1_000_000 };
  for (const [name, size] of Object.entries(files)) await writeFile(join(directory, name), Buffer.alloc(size, name));
  await link(join(directory, 'one'), join(directory, 'deep/also one'));
  await symlink('one', join(directory, 'link'));
});
afterEach(() => rm(directory, { recursive: true }));

const counted = async (shell: readonly string[]) => {
  const [program = '', ...options] = [...shell, '-c', `${asset('inputs.sh')}tally "$1"`, 'sh', directory];
  return (await promisify(execFile)(program, options)).stdout.trim();
};

async function sent(): Promise<Tally> {
  const tally = new Tally();
  for await (const _bytes of tally.over(spawn('tar', ['-cf', '-', '-C', directory, '.']).stdout));
  return tally;
}

test.each([[['sh']], [['bash']], [['busybox', 'sh']]])(
  'files come to the same in an archive and where it was unpacked, in %j',
  async (shell) => {
    const tally = await sent();
    expect(tally.text()).toMatch(/^6 1070512 \d+$/);
    expect(await counted(shell)).toBe(tally.text());
    tally.compare(await counted(shell), 'Files');
  },
);

test('a byte that is another one, or a file that is missing, is found', async () => {
  const tally = await sent();
  await writeFile(join(directory, 'deep/-rf'), Buffer.alloc(255, 'deep/-rg'));
  const message = 'Files: what arrived is not what was sent; Kiln sends it again.';
  const other = await counted(['sh']);
  expect(() => tally.compare(other, 'Files')).toThrow(message);
  await rm(join(directory, 'empty'));
  const fewer = await counted(['sh']);
  expect(() => tally.compare(fewer, 'Files')).toThrow(message);
});
