import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KilnProcess } from './testing/kiln-process.ts';

let kiln: KilnProcess;
let gates: string;

/** Says something, waits until a file is there, says more and ends as it is told. */
const GATED = `description: Waits for a file.
runsOn: unix
parameters:
  gate: { type: string }
  code: { type: integer, default: 0 }
command: echo begun $n; echo trouble $n >&2; while [ ! -e "$gate" ]; do sleep 0.05; done; echo opened $n; echo result $n > "$2/result.txt"; exit $code
`;

beforeAll(async () => {
  kiln = await KilnProcess.create();
  gates = await mkdtemp(join(tmpdir(), 'kiln-gates-'));
  await kiln.addConnector('gated', GATED);
  await kiln.addConnector('broken', 'description: Has no payload.\nrunsOn: unix\n');
  await kiln.start(['up', '--port', '0']).says(/Ctrl-C/);
});

afterAll(async () => {
  await kiln?.dispose();
  await rm(gates, { recursive: true, force: true });
});

const gate = (name: string): string => join(gates, name);
const open = (name: string): Promise<void> => writeFile(gate(name), '');

async function submitted(...args: string[]): Promise<string> {
  const { code, out, err } = await kiln.run(['submit', ...args, '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out).id;
}

describe('kiln submit', () => {
  it('runs a sweep; --watch shows its stages in plain lines and ends with its end', async () => {
    await open('sweep');
    const { code, out, err } = await kiln.run(['submit', 'gated', `gate=${gate('sweep')}`, '--sweep', 'n=1:3', '--watch']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/stage create[\s\S]*stage destroy[\s\S]*succeeded after .*: 3 of 3 tasks succeeded\.\n$/);
    expect(out).not.toContain('\u001b');
  });

  it('leaves numbers that are told in a table, sorted, as CSV and as JSON', async () => {
    const id = await submitted('pi', 'samples=100', '--sweep', 'seed=1:3', '--watch');
    const table = await kiln.run(['numbers', id]);
    expect(table.out).toMatch(/^TASK +SEED +PI +ERROR\n +1 +1 +[0-9.]+ +[0-9.]+\n/);
    const csv = await kiln.run(['numbers', id, '--csv', '--sort', '-seed']);
    expect(csv.out.split('\r\n').map((line) => line.split(',')[1])).toEqual(['seed', '3', '2', '1', undefined]);
    const rows: { pi: number; seed: string }[] = JSON.parse((await kiln.run(['numbers', id, '--json', '--sort', 'pi'])).out);
    expect(rows.map(({ pi }) => pi)).toEqual(rows.map(({ pi }) => pi).sort((a, b) => a - b));
    expect(rows[0]).toMatchObject({ task: expect.any(Number), error: expect.any(Number) });
    const wrong = await kiln.run(['numbers', id, '--sort', 'e']);
    expect([wrong.code, wrong.err]).toEqual([2, 'kiln: There is no column e; there are task, seed, pi, error.\n']);
  });

  it('ends with 1 and the reason when the job failed', async () => {
    await open('bad');
    const { code, out } = await kiln.run(['submit', 'gated', `gate=${gate('bad')}`, 'code=3', '--watch']);
    expect(code).toBe(1);
    expect(out).toMatch(/failed after/);
  });

  it('tells everything that is wrong, one a line with its parameter', async () => {
    const { code, out, err } = await kiln.run(['submit', 'pi', 'samples=many', 'nonsense=1', '--sweep', 'seed=']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trim().split('\n').sort()).toEqual([
      expect.stringMatching(/^kiln: nonsense: /),
      expect.stringMatching(/^kiln: samples: /),
      expect.stringMatching(/^kiln: sweep\.seed: /),
    ]);
  });

  it('gives programs the same as JSON', async () => {
    const { code, out } = await kiln.run(['submit', 'pi', 'samples=many', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ job: null, problems: [{ path: ['samples'], code: 'BAD_INPUT' }] });
  });

  it.each([
    [['submit', 'nope']],
    [['submit', 'broken']],
    [['submit', 'pi', '--platform', 'moon']],
    [['submit', 'pi', '--sweep', 'seed=1:2000000']],
    [['submit']],
  ])('%j ends with 2 and a sentence', async (args) => {
    const { code, out, err } = await kiln.run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^kiln: .+\.?\n$/);
  });

  it('with the same idempotency key gives the same job', async () => {
    const args = ['gated', `gate=${gate('sweep')}`, '--idempotency-key', 'once'];
    expect(await submitted(...args)).toBe(await submitted(...args));
  });

  it('--dry-run shows what would run and runs nothing', async () => {
    const before = (await kiln.run(['jobs', '--json', '--limit', '1'])).out;
    const { code, out } = await kiln.run(['submit', 'pi', 'samples=5', '--sweep', 'seed=1,2', '--dry-run']);
    expect(code).toBe(0);
    expect(out).toMatch(/2 tasks on 1 node/);
    expect(out).toMatch(/seed=2/);
    expect((await kiln.run(['submit', 'pi', 'samples=x', '--dry-run'])).code).toBe(2);
    const id = (text: string): string => JSON.parse(text)[0].id;
    expect(id((await kiln.run(['jobs', '--json', '--limit', '1'])).out)).toBe(id(before));
  });
});

describe('a job that runs', () => {
  it('is watched, its logs are followed, and its outputs come home', async () => {
    const id = await submitted('gated', `gate=${gate('follow')}`, '--sweep', 'n=1,2');
    const logs = kiln.start(['logs', id, '-f']);
    const one = kiln.start(['logs', id, '2', '-f', '--stderr']);
    const watch = kiln.start(['watch', id, '--json']);
    await Promise.all([logs.says(/^\[1\] begun 1$/m), one.says(/^trouble 2$/m), watch.says(/"events"/)]);
    await open('follow');
    const [all, single, watched] = await Promise.all([logs.ended, one.ended, watch.ended]);
    expect(all).toMatchObject({ code: 0, err: '' });
    expect(all.out.trim().split('\n').sort()).toEqual(['[1] begun 1', '[1] opened 1', '[2] begun 2', '[2] opened 2']);
    expect(single).toEqual({ code: 0, out: 'trouble 2\n', err: '' });
    expect(watched.code).toBe(0);
    const batches = watched.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(batches.at(-1).job.status).toBe('succeeded');
    const seqs = batches.flatMap(({ events }) => events.map(({ seq }: { seq: number }) => seq));
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));

    expect((await kiln.run(['logs', id, '1'])).out).toBe('begun 1\nopened 1\n');
    expect((await kiln.run(['outputs', id, 'output/2/result.txt'])).out).toBe('result 2\n');
    expect((await kiln.run(['outputs', id])).out).toMatch(/output\/$/m);
    const target = join(gates, 'home');
    expect((await kiln.run(['outputs', id, 'output', '--download', target])).out).toMatch(/^2 files /);
    expect(await readFile(join(target, '1/result.txt'), 'utf8')).toBe('result 1\n');
    expect((await kiln.run(['outputs', id, 'output', '--download', target])).out).toMatch(/2 of them from before/);
    expect((await kiln.run(['outputs', id, '../..'])).code).toBe(2);
  });

  it('is cancelled; watching it ends with 1', async () => {
    const id = await submitted('gated', `gate=${gate('never')}`);
    const watch = kiln.start(['watch', id]);
    await watch.says(/stage wait/);
    expect((await kiln.run(['cancel', id])).code).toBe(0);
    const { code, out } = await watch.ended;
    expect(code).toBe(1);
    expect(out).toMatch(/cancelled after/);
    expect(await kiln.run(['watch', id])).toMatchObject({ code: 1, out: expect.stringMatching(/^Job \d+ cancelled/) });
  });

  it('goes on with what failed after a retry, or is repeated whole', async () => {
    await open('bad');
    const { out } = await kiln.run(['submit', 'gated', `gate=${gate('bad')}`, 'code=3', '--watch', '--json']);
    const { id } = JSON.parse(out);
    const retried = JSON.parse((await kiln.run(['retry', id, '--json'])).out);
    expect(retried.id).toBe(id);
    expect((await kiln.run(['watch', id])).code).toBe(1);
    const repeated = JSON.parse((await kiln.run(['retry', id, '--all', '--json'])).out);
    expect(repeated).toMatchObject({ retryOf: id, connector: 'gated' });
    expect((await kiln.run(['watch', repeated.id])).code).toBe(1);
  });

  it('is left alone when a watching command is interrupted', async () => {
    const id = await submitted('gated', `gate=${gate('left')}`);
    const watch = kiln.start(['watch', id]);
    await watch.says(/stage wait/);
    watch.child.kill('SIGINT');
    expect(await watch.ended).toMatchObject({ code: 130, err: '' });
    await open('left');
    expect((await kiln.run(['watch', id])).code).toBe(0);
  });
});

describe('lists', () => {
  it('jobs are filtered, limited and told as the API names them', async () => {
    const all = JSON.parse((await kiln.run(['jobs', '--json'])).out);
    expect(all[0]).toMatchObject({ id: expect.any(String), status: expect.any(String), counts: { total: expect.any(Number) } });
    const failed = JSON.parse(
      (await kiln.run(['jobs', '--status', 'failed,cancelled', '--connector', 'gated', '--limit', '2', '--json'])).out,
    );
    expect(failed).toHaveLength(2);
    for (const job of failed) expect(['failed', 'cancelled']).toContain(job.status);
    expect((await kiln.run(['jobs', '--text', 'no such text'])).out).toBe('No job fits.\n');
    expect((await kiln.run(['jobs', '--status', 'lost'])).code).toBe(2);
  });

  it('a broken connector is listed with its reason', async () => {
    const { out } = await kiln.run(['connectors']);
    expect(out).toMatch(/^broken\s+broken/m);
    expect(out).toMatch(/^broken: .+main\.sh/m);
    const json = JSON.parse((await kiln.run(['connectors', '--json'])).out);
    expect(json.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['pi', 'randnum', 'gated', 'broken']));
  });
});
