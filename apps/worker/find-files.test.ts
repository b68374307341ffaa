import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MOST_FOUND, type Storage } from '@kiln/domain';
import { localStorage } from '@kiln/platforms/files/local';
import { localShell } from '@kiln/platforms/shells/local';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFiles } from './find-files.ts';

let root: string;
let storage: Storage;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kiln-find-'));
  storage = localStorage(root, localShell(process.env));
  await storage.open('');
  const names = [
    '1/a.png',
    '1/b.png',
    '1/.c.png',
    '1/frames/1.png',
    '1/frames/x.txt',
    '1/frames.png/deep',
    '1/[a].png',
    '1/line\nend.png',
    '2/a.png',
  ];
  const many = Array.from({ length: MOST_FOUND + 1 }, (_, at) => `3/${at}`);
  await storage.assemble(
    'out',
    [...names, ...many].map((to) => ({ to, text: to })),
  );
});
afterAll(() => rm(root, { recursive: true }));

const found = async (pattern: string, ...tasks: string[]) =>
  (
    await findFiles(
      storage,
      tasks.map((task) => `out/${task}`),
      pattern,
    )
  ).map(({ files }) => files.map(({ path }) => path));

test.each([
  ['a.png', ['a.png']],
  ['*.png', ['[a].png', 'a.png', 'b.png', 'line\nend.png']],
  ['?.png', ['a.png', 'b.png']],
  ['[ab].png', ['a.png', 'b.png']],
  ['{a,b}.png', []],
  ['frames/*', ['frames/1.png', 'frames/x.txt']],
  ['*/*.png', ['frames/1.png']],
  ['frames', []],
  ['none/*', []],
  ['a.png/*', []],
  ['!(a).png', []],
])('%s names files below a directory', async (pattern, paths) => {
  expect((await found(pattern, '1'))[0]?.sort()).toEqual(paths);
});

test('a link is found under its own name', async () => {
  await symlink('a.png', join(root, 'out/1/latest.gif'));
  expect(await found('latest.gif', '1')).toEqual([['latest.gif']]);
});

test('directories are told apart, whether or not they are there, and not more files than a page can show', async () => {
  expect(await found('a.png', '2', 'none', '1')).toEqual([['a.png'], [], ['a.png']]);
  const [all] = await findFiles(storage, ['out/3'], '*');
  expect(all).toMatchObject({ cut: true, files: { length: MOST_FOUND } });
});
