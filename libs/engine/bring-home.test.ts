import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JobState, KnownError, newNode, type Task, type World } from '@kiln/domain';
import { localStorage } from '@kiln/platforms/files/local';
import { localShell } from '@kiln/platforms/shells/local';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bringHome, confirmed, needRoom } from './bring-home.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kiln-home-'));
});
afterAll(() => rm(home, { recursive: true }));

const node = newNode({ name: 'n', address: '', root: '/', slots: 1 }, null, 0);
// Of all else, bringing results home looks at nothing.
const state = { job: {} } as unknown as JobState;
const tasks = [{ number: 3, iteration: 0, attempt: 2 }] as unknown as readonly Task[];

/** The world of a worker whose node has these files of the task, and beside which another one may have gone on. */
function world(files: Readonly<Record<string, string>>, late: boolean): World {
  async function* collect() {
    const there = await mkdtemp(join(tmpdir(), 'kiln-node-'));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(there, name, '..'), { recursive: true });
      await writeFile(join(there, name), text);
    }
    yield* localStorage(there, localShell(process.env)).pack('');
    await rm(there, { recursive: true });
  }
  const confirm = () =>
    late ? Promise.reject(new KnownError('CONFLICT', 'Another worker has gone on.', { retryable: true })) : Promise.resolve();
  const metered = (_direction: unknown, stream: AsyncIterable<Uint8Array>) => stream;
  return {
    site: { collect, size: async () => 0 },
    storage: localStorage(home, localShell(process.env)),
    confirm,
    metered,
    now: Date.now,
    direct: async () => false,
  } as unknown as World;
}

test('a late worker takes away nothing of what is home, whatever the node has left by then', async () => {
  await mkdir(join(home, 'output_0/3'), { recursive: true });
  await writeFile(join(home, 'output_0/3/half'), 'of the first attempt');
  await bringHome(state, world({ 'output_0/3/n': '3' }, false), node, tasks, false);
  await expect(readFile(join(home, 'output_0/3/half'))).rejects.toThrow('ENOENT');
  for (const files of [{}, { 'output_0/3/half': 'torn' }]) {
    await expect(bringHome(state, world(files, true), node, tasks, false)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await readFile(join(home, 'output_0/3/n'), 'utf8')).toBe('3');
    await expect(readFile(join(home, 'output_0/3/half'))).rejects.toThrow('ENOENT');
  }
});

test('a late worker begins none of the files that are home anew', async () => {
  const first = [{ number: 4, iteration: 0, attempt: 1 }] as unknown as readonly Task[];
  await bringHome(state, world({ 'output_0/4/n': 'of the task' }, false), node, first, false);
  const torn = world({ 'output_0/4/n': 'torn'.repeat(1_000_000) }, true);
  await expect(bringHome(state, torn, node, first, false)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await readFile(join(home, 'output_0/4/n'), 'utf8')).toBe('of the task');
});

test('a worker that stands still in the middle of a stream gives nothing more of it if another one went on meanwhile', async () => {
  let time = 0;
  let late = false;
  const confirm = async () => {
    if (late) throw new KnownError('CONFLICT', 'Another worker has gone on.', { retryable: true });
  };
  async function* pieces() {
    for (const piece of [1, 2, 3, 4, 5]) {
      if (piece === 4) [time, late] = [5000, true];
      yield Uint8Array.of(piece);
    }
  }
  const given: number[] = [];
  const reading = async () => {
    for await (const [piece = 0] of confirmed(pieces(), { confirm, now: () => time })) given.push(piece);
  };
  await expect(reading()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(given).toEqual([1, 2]);
});

test('what a transfer that was cut has left at home is no reason to wait for room', async () => {
  const storage = {
    needRoom: async (bytes: number) => {
      if (bytes > 100) throw new KnownError('DISK_FULL', 'Full.', { retryable: true });
    },
    size: async (paths: readonly string[]) => 60 * paths.length,
  };
  const world = { storage } as unknown as World; // nothing else is looked at
  await needRoom(world, 100);
  await needRoom(world, 160, ['output_0/3']);
  await expect(needRoom(world, 161, ['output_0/3'])).rejects.toMatchObject({ code: 'DISK_FULL' });
  await expect(needRoom(world, 101)).rejects.toMatchObject({ code: 'DISK_FULL' });
});

test('what would be lost otherwise is brought home even if there seems to be no room', async () => {
  const full = async () => Promise.reject(new KnownError('DISK_FULL', 'Full.', { retryable: true }));
  const there = world({ 'output_0/3/n': 'rescued' }, false);
  const crammed: World = { ...there, storage: { ...there.storage, needRoom: full } };
  await expect(bringHome(state, crammed, node, tasks, false)).rejects.toMatchObject({ code: 'DISK_FULL' });
  await bringHome(state, crammed, node, tasks, false, true);
  expect(await readFile(join(home, 'output_0/3/n'), 'utf8')).toBe('rescued');
});
