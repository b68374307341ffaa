import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type Job, type JobEvent, Kiln } from '@kiln/client/kiln';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FragilePath, openFragilePath } from './testing/fragile-path.ts';
import { KilnProcess } from './testing/kiln-process.ts';

let home: KilnProcess;
let kiln: Kiln;
let path: FragilePath;

beforeAll(async () => {
  home = await KilnProcess.create();
  await home.addConnector(
    'gated',
    `description: Waits for files.
runsOn: unix
parameters:
  gate: { type: string }
command: echo begun; while [ ! -e "$gate" ]; do sleep 0.05; done; echo opened; echo out > "$2/out"
`,
  );
  const up = home.start(['up', '--port', '0']);
  path = await openFragilePath((await up.says(/running at (http:\S+)/))[1] ?? '');
  await up.says(/Ctrl-C/);
  const { token } = JSON.parse(await readFile(join(home.home, 'cli.json'), 'utf8'));
  kiln = connect({ KILN_URL: path.url, KILN_TOKEN: token });
});
afterAll(async () => {
  await path?.close();
  await home?.dispose();
});

it('a sweep is submitted, waited for and brought home', async () => {
  const job = await kiln.submit('pi', { samples: 100, sweep: { seed: [1, 2, 3] } });
  const ended = await kiln.wait(job.id);
  expect(ended).toMatchObject({ status: 'succeeded', counts: { total: 3, succeeded: 3 } });
  const files = [];
  for await (const file of kiln.download(job.id, join(home.home, 'brought'), { path: 'output' })) files.push(file.path);
  expect(files.sort()).toContain('output/1/pi.txt');
});

it('a watcher whose connection breaks again and again misses no event and sees none twice', async () => {
  const gate = join(home.home, 'gate-watch');
  const gates = Array.from({ length: 20 }, (_, i) => `${gate}-${i + 1}`);
  const job = await kiln.submit('gated', { sweep: { gate: gates } });
  const before = path.made();
  const events: JobEvent[] = [];
  let last: Job = job;
  let cuts = 0;
  for await (const batch of kiln.watch(job.id)) {
    events.push(...batch.events);
    last = batch.job;
    if (cuts < 4) {
      cuts += 1;
      path.cut();
    }
    // Each batch lets one more task end, so another one comes.
    const next = gates.shift();
    if (next) await writeFile(next, '');
  }
  expect(last.status).toBe('succeeded');
  expect(path.made() - before).toBeGreaterThanOrEqual(4);
  const whole: JobEvent[] = [];
  for await (const batch of kiln.watch(job.id)) whole.push(...batch.events);
  expect(events.map(({ seq }) => seq)).toEqual(whole.map(({ seq }) => seq));
  expect(whole.filter(({ kind, to }) => kind === 'task' && to === 'succeeded')).toHaveLength(20);
});

it('a followed log goes on at its byte when the connection breaks', async () => {
  const gate = join(home.home, 'gate-log');
  const job = await kiln.submit('gated', { gate });
  for await (const { events } of kiln.watch(job.id)) if (events.some(({ kind, to }) => kind === 'task' && to === 'running')) break;
  let text = '';
  expect(await kiln.tail(job.id, 1, { stream: 'STDOUT' })).toBe('begun\n');
  for await (const chunk of kiln.logs(job.id, 1, { follow: true })) {
    expect(chunk.offset).toBe(Buffer.byteLength(text));
    text += chunk.text;
    if (text === 'begun\n') {
      path.cut();
      await writeFile(gate, '');
    }
  }
  expect(text).toBe('begun\nopened\n');
  await kiln.wait(job.id);
  expect(await kiln.tail(job.id, 1, { stream: 'STDOUT', lines: 1 })).toBe('opened\n');
  expect(await kiln.tail(job.id, 1)).toBe('');
});

it('jobs come page after page, each once', async () => {
  const keys = Array.from({ length: 7 }, (_, i) => `page-${i}`);
  for (const idempotencyKey of keys) await kiln.submit('pi', { samples: 1, sweep: {} }, { idempotencyKey });
  const ids: string[] = [];
  for await (const job of kiln.jobs({ connector: 'pi' }, { pageSize: 3 })) ids.push(job.id);
  expect(ids.length).toBeGreaterThanOrEqual(7);
  expect(new Set(ids).size).toBe(ids.length);
});

it('a refused submission throws everything that is wrong', async () => {
  await expect(kiln.submit('pi', { samples: 'x', foo: 1 })).rejects.toMatchObject({
    name: 'KilnError',
    code: 'BAD_INPUT',
    problems: expect.arrayContaining([expect.objectContaining({ path: ['samples'] }), expect.objectContaining({ path: ['foo'] })]),
  });
});

it('a wait is ended by its signal', async () => {
  const { token } = JSON.parse(await readFile(join(home.home, 'cli.json'), 'utf8'));
  const job = await kiln.submit('gated', { gate: join(home.home, 'never') });
  const stop = new AbortController();
  const stoppable = new Kiln({ url: path.url, token, signal: stop.signal });
  const waiting = stoppable.wait(job.id);
  for await (const { events } of kiln.watch(job.id)) if (events.some(({ kind, to }) => kind === 'task' && to === 'running')) break;
  stop.abort();
  await expect(waiting).rejects.toThrow(/abort/i);
  await kiln.cancel(job.id);
  expect((await kiln.wait(job.id)).status).toBe('cancelled');
});

it('an address where nobody is, and a token that nobody knows, have codes of their own', async () => {
  await expect(new Kiln({ url: 'http://127.0.0.1:9', token: 'x' }).viewer()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  await expect(new Kiln({ url: path.url, token: 'x' }).viewer()).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
  await expect(new Kiln({ url: path.url, token: 'x' }).watch(1).next()).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
  expect(() => connect({ KILN_URL: 'not an address', KILN_TOKEN: 'x' })).toThrow(/not an address such as/);
});
