import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KilnProcess, type Started } from './testing/kiln-process.ts';

let kiln: KilnProcess;
let up: Started;
let url: string;

beforeAll(async () => {
  kiln = await KilnProcess.create();
  await kiln.addConnector('broken', 'description: Has no payload.\nrunsOn: unix\n');
  up = kiln.start(['up', '--port', '0']);
  url = (await up.says(/running at (http:\S+)/))[1] ?? '';
  await up.says(/Ctrl-C/);
});

afterAll(async () => {
  await kiln?.dispose();
});

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
    const elsewhere = { KILN_HOME: join(kiln.home, 'no-home'), KILN_URL: url };
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
