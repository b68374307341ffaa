import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownError } from '@kiln/domain';
import { expect, test } from 'vitest';
import { localShell } from '../shells/local.ts';
import { localStorage } from './local.ts';

test('a copy that is cut short takes nothing away of what it was to replace', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kiln-copy-'));
  const shell = localShell(process.env);
  await mkdir(join(root, 'output_0/1'), { recursive: true });
  await writeFile(join(root, 'output_0/1/n'), 'one\n');
  await localStorage(root, shell).copy('output_0', 'output');

  const cut = { ...shell, run: () => Promise.reject(new KnownError('PLATFORM_UNAVAILABLE', 'Cut short.', { retryable: true })) };
  await expect(localStorage(root, cut).copy('output_0', 'output')).rejects.toThrow('Cut short.');
  expect(await readFile(join(root, 'output/1/n'), 'utf8')).toBe('one\n');
  expect((await readdir(root)).sort()).toEqual(['output', 'output_0']);
  await rm(root, { recursive: true });
});
