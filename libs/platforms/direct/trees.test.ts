import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Carrying, type Outlet, quoteAll } from '@kiln/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { remoteStorage } from '../files/remote/remote.ts';
import { oneMachine } from '../machines.ts';
import { localShell } from '../shells/local.ts';
import { createSite } from '../site.ts';

const JOB = { id: 7, connector: "it's" };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kiln trees'\n"));
});
afterEach(() => rm(root, { recursive: true }));

const shell = localShell(process.env);
const storage = () => remoteStorage(root, join(root, 'results'), shell);
const node = () => ({ name: 'box', address: 'box', root: join(root, 'work'), slots: 1 });
const site = () => createSite(oneMachine(node()), () => shell);
const task = { number: 3, iteration: 0, values: {}, input: null, attempt: 2 };

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** Has the shell do what two machines do. */
async function piped(from: Outlet, unpack: readonly string[]): Promise<void> {
  const { argv } = await from.offer();
  const { code, stderr } = await shell.run(['sh', '-c', `${quoteAll(argv)} | ${quoteAll(unpack)}`]);
  expect([code, stderr]).toEqual([0, '']);
}

const text = (path: string) => readFile(join(root, path), 'utf8');

function carrying(outlet: Outlet, carry: Carrying['carry'] = (unpack) => piped(outlet, unpack)): Carrying {
  return { carry, sent: () => outlet.tally(), confirm: async () => {} };
}

async function prepared(): Promise<void> {
  const payload = { archive: () => storage().pack(''), size: async () => 0, copied: false, parameters: {}, round: 0 };
  await write({ 'results/keep': '' });
  await site().prepare(JOB, node(), payload);
}

test('what a task left takes the place of what an earlier attempt left, once all of it has come', async () => {
  await prepared();
  await write({
    "work/it's7/output_0/3/a ☃\n": 'new',
    "work/it's7/logs/3.2.out": 'said',
    "work/it's7/logs/3.2.err": '',
    'results/output_0/3/old': 'old',
    'results/output_0/2/other': 'other',
  });
  const outlet = site().outlet?.(JOB, node(), [task], false);
  const inlet = storage().inlet?.('', ['output_0/3']);
  if (!outlet || !inlet) throw new Error('both are on machines');
  let shown = '';
  await inlet.take(
    carrying(outlet, async (unpack) => {
      await piped(outlet, unpack);
      shown = await text('results/output_0/3/old');
    }),
  );
  await outlet.close();
  expect(shown).toBe('old');
  expect(await readdir(join(root, 'results/output_0/3'))).toEqual(['a ☃\n']);
  expect(await text('results/output_0/2/other')).toBe('other');
  expect(await readdir(join(root, 'results/logs'))).toEqual(['3.2.out']);
  expect((await readdir(join(root, 'results'))).sort()).toEqual(['keep', 'logs', 'output_0']);
  expect((await readdir(join(root, "work/it's7/.kiln"))).filter((name) => name.startsWith('left'))).toEqual([]);
});

test('what does not come to what was sent, and what was cut, leaves everything as it was', async () => {
  await write({ 'results/from/a': 'a', 'results/to/b': 'b' });
  const outlet = storage().outlet?.('from');
  const inlet = storage().inlet?.('', ['to'], 'to');
  if (!outlet || !inlet) throw new Error('both are on machines');
  expect((await outlet.tally()).trim()).toMatch(/^1 1 \d+$/);
  await expect(inlet.take({ ...carrying(outlet), sent: async () => '2 2 2' })).rejects.toMatchObject({ retryable: true });
  await expect(inlet.take(carrying(outlet, () => Promise.reject(new Error('cut'))))).rejects.toThrow('cut');
  const late = { ...carrying(outlet), confirm: () => Promise.reject(new Error('late')) };
  await expect(inlet.take(late)).rejects.toThrow('late');
  expect((await readdir(join(root, 'results'))).sort()).toEqual(['from', 'to']);
  expect(await readdir(join(root, 'results/to'))).toEqual(['b']);
});

test('input sets come to a node once', async () => {
  await prepared();
  await write({ 'results/input_1/one/x': '1', 'results/input_1/two/-rf': '2' });
  const outlet = storage().outlet?.('input_1');
  const inlet = site().inlet?.(JOB, node(), 1, 2);
  if (!outlet || !inlet) throw new Error('both are on machines');
  let times = 0;
  const bring = () =>
    inlet.take(
      carrying(outlet, async (unpack) => {
        times += 1;
        await piped(outlet, unpack);
      }),
    );
  await bring();
  await bring();
  expect(times).toBe(1);
  expect(await text("work/it's7/.kiln/inputs/1/two/-rf")).toBe('2');
});

test('a storage offers what lies in it, and nothing that a link leads out to', async () => {
  await write({ 'results/a/file': 'x'.repeat(100_000), 'secret/file': '' });
  await shell.run(['ln', '-s', '../secret', join(root, 'results/out')]);
  const { argv, bytes } = (await storage().outlet?.('a').offer()) ?? { argv: [], bytes: 0 };
  expect(argv.at(-1)).toBe(join(root, 'results/a'));
  expect(bytes).toBeGreaterThan(90_000);
  const odd = 'b\\0057..\\0057a'; // which an echo may take for b/../a
  await write({ [`results/${odd}/file`]: '' });
  expect((await storage().outlet?.(odd).offer())?.argv.at(-1)).toBe(join(root, 'results', odd));
  for (const path of ['out', 'nothing', 'a/file'])
    await expect(storage().outlet?.(path).offer()).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
