import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KilnProcess, type Started } from './testing/kiln-process.ts';

let kiln: KilnProcess;
let up: Started;
let url: string;
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
  up = kiln.start(['up', '--port', '0']);
  url = (await up.says(/running at (http:\S+)/))[1] ?? '';
  await up.says(/Ctrl-C/);
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

describe('kiln up', () => {
  it('leaves address and token for this user only, and a link that signs in', async () => {
    const file = join(kiln.home, 'cli.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ url });
    const link = new URL((await up.says(/(http:\S+token=\S+)/))[1] ?? '');
    const response = await fetch(new URL('/sign-in', url), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: link.searchParams.get('token') ?? '' }).toString(),
      redirect: 'manual',
    });
    expect(response.status).toBe(303);
    expect(response.headers.get('set-cookie')).toContain('HttpOnly');
  });

  it('keeps the servers’ logs in files', async () => {
    const lines = (await readFile(join(kiln.home, 'logs/kiln.log'), 'utf8')).trim().split('\n');
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('level');
    expect(up.out).not.toContain('"level"');
  });

  it('said a second time, tells that it runs already and gives a fresh link', async () => {
    const { code, out } = await kiln.run(['up']);
    expect(code).toBe(0);
    expect(out).toContain(`running already on ${kiln.home}, at ${url}`);
    const fresh = /token=(\S+)/.exec(out)?.[1];
    expect(fresh).toBeDefined();
    expect(up.out).not.toContain(fresh);
  });

  it('tells in a sentence that its port is taken, and leaves nothing behind', async () => {
    const other = await KilnProcess.create();
    const { code, err } = await other.run(['up', '--port', new URL(url).port]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^kiln: Port \d+ of 127.0.0.1 is taken .*--port.*\n$/) });
    expect(await readdir(other.home)).not.toContain('cli.json');
    await other.dispose();
  });

  it('tells in a sentence that DATABASE_URL leads nowhere', async () => {
    const other = await KilnProcess.create();
    const { code, err } = await other.run(['up', '--port', '0'], { DATABASE_URL: 'postgresql://me:secret@127.0.0.1:1/x' });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^kiln: The database cannot be used: .*\n$/) });
    expect(err).not.toContain('secret');
    await other.dispose();
  });
});

describe('kiln submit', () => {
  it('runs a sweep; --watch shows its stages in plain lines and ends with its end', async () => {
    await open('sweep');
    const { code, out, err } = await kiln.run(['submit', 'gated', `gate=${gate('sweep')}`, '--sweep', 'n=1:3', '--watch']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/stage create[\s\S]*stage destroy[\s\S]*succeeded after .*: 3 of 3 tasks succeeded\.\n$/);
    expect(out).not.toContain('\u001b');
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

describe('connectors and tokens', () => {
  it('a new connector runs without a restart', async () => {
    const made = await kiln.run(['connector', 'new', 'hello']);
    expect(made.code).toBe(0);
    expect(made.out).toContain('kiln connector check hello');
    expect((await kiln.run(['connector', 'check', 'hello'])).code).toBe(0);
    expect((await kiln.run(['connector', 'check', 'broken'])).code).toBe(1);
    expect((await kiln.run(['connector', 'new', 'hello'])).code).toBe(1);
    expect((await kiln.run(['connector', 'new', '../x'])).code).toBe(2);
    expect((await kiln.run(['submit', 'hello', '--watch'])).code).toBe(0);
  });

  it('an inactive connector takes no jobs until it is active again', async () => {
    expect((await kiln.run(['connector', 'deactivate', 'randnum'])).code).toBe(0);
    expect(await kiln.run(['submit', 'randnum'])).toMatchObject({ code: 2, out: '' });
    expect((await kiln.run(['connector', 'activate', 'randnum'])).code).toBe(0);
    expect((await kiln.run(['submit', 'randnum', '--dry-run'])).code).toBe(0);
  });

  it('a token made here signs in from elsewhere, and a wrong one is told', async () => {
    const token = (await kiln.run(['token', 'new', 'elsewhere'])).out.trim();
    const elsewhere = { KILN_HOME: join(gates, 'no-home'), KILN_URL: url };
    expect((await kiln.run(['jobs'], { ...elsewhere, KILN_TOKEN: token })).code).toBe(0);
    expect(await kiln.run(['jobs'], { ...elsewhere, KILN_TOKEN: 'wrong' })).toMatchObject({ code: 3, out: '' });
    expect(await kiln.run(['jobs'], elsewhere)).toMatchObject({ code: 3, err: expect.stringContaining('KILN_TOKEN') });
  });

  it('a sign-in link is printed afresh', async () => {
    expect(JSON.parse((await kiln.run(['sign-in', '--json'])).out).link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-in\?token=/);
  });
});

describe('wrong use', () => {
  it.each([
    [['frob']],
    [['jobs', '--limit', '-1']],
    [['watch', 'x']],
    [['watch', '0']],
    [['logs', '1', 'two']],
    [['jobs', '--frob']],
    [['submit', 'pi', '--set-json', '{']],
  ])('%j ends with 2 and one line', async (args) => {
    const { code, out, err } = await kiln.run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^kiln: .+\n$/);
  });

  it('a job that does not exist ends with 2', async () => {
    const results = await Promise.all(['watch', 'logs', 'outputs', 'cancel', 'retry'].map((command) => kiln.run([command, '999999'])));
    expect(results.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
  });

  it('nobody at the address ends with 3 and says how to start', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const { code, err } = await kiln.run(['jobs', '--url', `http://127.0.0.1:${port}`], { KILN_TOKEN: 'any' });
    expect({ code, err }).toEqual({ code: 3, err: `kiln: Kiln does not answer at http://127.0.0.1:${port}: start it with \`kiln up\`.\n` });
  });

  it('help names every exit code and every command', async () => {
    const { code, out } = await kiln.run(['--help']);
    expect(code).toBe(0);
    for (const word of ['demo', 'submit', 'outputs', 'connector', 'token', '130']) expect(out).toContain(word);
  });
});
