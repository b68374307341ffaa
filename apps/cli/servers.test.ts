import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KilnProcess } from './testing/kiln-process.ts';

let kiln: KilnProcess;
beforeEach(async () => {
  kiln = await KilnProcess.create();
});
afterEach(() => kiln.dispose());

it('the demo prints the pairs of random numbers of two tasks and where the outputs are', async () => {
  const { code, out, err } = await kiln.run(['demo', '--exit', '--port', '0']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const pairs = [...out.matchAll(/^Task (\d) drew (0\.\d+) and (0\.\d+)$/gm)];
  expect(pairs.map(([, task]) => task)).toEqual(['1', '2']);
  expect(new Set(pairs.flatMap(([, , a, b]) => [a, b])).size).toBe(4);
  const directory = /All outputs are in (\S+)/.exec(out)?.[1] ?? '';
  expect(directory.startsWith(kiln.home)).toBe(true);
  expect(await readFile(join(directory, 'output/1/rand'), 'utf8')).toContain(pairs[0]?.[2]);
  expect(out).not.toContain('\u001b');
});

it('the demo runs on until it is stopped, and leaves no process behind', async () => {
  const demo = kiln.start(['demo', '--port', '0']);
  const link = (await demo.says(/(http:\S+token=\S+)/))[1] ?? '';
  await demo.says(/until Ctrl-C/);
  expect((await fetch(link)).status).toBe(200);
  demo.child.kill('SIGTERM');
  expect(await demo.ended).toMatchObject({ code: 0, err: '' });
  await expect(fetch(link)).rejects.toThrow();
  await expect(stat(join(kiln.home, 'postgres/data/postmaster.pid'))).rejects.toThrow('ENOENT');
});

it('API and worker start alone beside the embedded database, and stop alone', async () => {
  const up = kiln.start(['up', '--port', '0']);
  await up.says(/Ctrl-C/);
  const api = kiln.start(['api', '--port', '0']);
  const worker = kiln.start(['worker', '--concurrency', '2']);
  const url = (await api.says(/are at (http:\S+)\. /))[1] ?? '';
  await worker.says(/worker runs/);
  const { token } = JSON.parse(await readFile(join(kiln.home, 'cli.json'), 'utf8'));
  expect(await kiln.run(['submit', 'randnum', '--watch', '--url', url], { KILN_TOKEN: token })).toMatchObject({ code: 0 });
  api.child.kill('SIGINT');
  worker.child.kill('SIGINT');
  expect(await api.ended).toMatchObject({ code: 0, err: '' });
  expect(await worker.ended).toMatchObject({ code: 0, err: '' });
  expect((await kiln.run(['jobs'])).code).toBe(0);
});

it('without a database, API, worker and sign-in say what they need', async () => {
  const [api, worker, link] = await Promise.all([['api'], ['worker'], ['sign-in']].map((args) => kiln.run(args)));
  expect(api).toMatchObject({ code: 2, err: expect.stringContaining('DATABASE_URL') });
  expect(worker).toMatchObject({ code: 2, err: expect.stringContaining('DATABASE_URL') });
  expect(link).toMatchObject({ code: 3, err: expect.stringContaining('kiln up') });
});

it('a Kiln that was killed starts again with its jobs and the same token', async () => {
  const first = kiln.start(['up', '--port', '0']);
  await first.says(/Ctrl-C/);
  const { token } = JSON.parse(await readFile(join(kiln.home, 'cli.json'), 'utf8'));
  expect((await kiln.run(['submit', 'randnum', '--watch'])).code).toBe(0);
  first.child.kill('SIGKILL');
  await first.ended;
  expect((await kiln.run(['jobs'])).code).toBe(3);
  const second = kiln.start(['up', '--port', '0']);
  await second.says(/Ctrl-C/);
  expect(JSON.parse(await readFile(join(kiln.home, 'cli.json'), 'utf8')).token).toBe(token);
  expect(JSON.parse((await kiln.run(['jobs', '--json'])).out)).toHaveLength(1);
});
