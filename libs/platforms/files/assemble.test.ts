import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownError } from '@kiln/domain';
import { expect, test } from 'vitest';
import { localShell } from '../shells/local.ts';
import { localStorage } from './local.ts';

test('a directory that is assembled once more is there at all times, whoever is cut short', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kiln-assemble-'));
  const shell = localShell(process.env);
  await localStorage(root, shell).assemble('input_2/1', [{ to: 'from', text: 'first' }]);

  const cut = { ...shell, run: () => Promise.reject(new KnownError('PLATFORM_UNAVAILABLE', 'Cut short.', { retryable: true })) };
  await expect(localStorage(root, cut).assemble('input_2/1', [{ to: 'from', text: 'second' }])).rejects.toThrow('Cut short.');
  expect(await readFile(join(root, 'input_2/1/from'), 'utf8')).toBe('first');

  await localStorage(root, shell).assemble('input_2/1', [{ to: 'other', text: 'third' }]);
  expect(await readdir(join(root, 'input_2/1'))).toEqual(['other']);
  await rm(root, { recursive: true });
});
