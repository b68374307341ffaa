import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, openDatabase } from '@kiln/db/connect';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Check } from './housekeeping/check.ts';
import { checkDisks, checkHome, checkNode, checkSealingKey, checkSpace } from './housekeeping/check-home.ts';
import { holdHome } from './housekeeping/installation.ts';
import { askControl } from './start/control.ts';
import { KilnProcess, type Started } from './testing/kiln-process.ts';

const QUICK = 'description: Writes a word.\nrunsOn: unix\ncommand: echo word > "$2/word"\n';

let kiln: KilnProcess;
let up: Started;
let job: string;

beforeAll(async () => {
  kiln = await KilnProcess.create();
  await kiln.addConnector('quick', QUICK);
  up = kiln.start(['up', '--port', '0']);
  await up.says(/Ctrl-C/);
  const { code, out } = await kiln.run(['submit', 'quick', '--watch', '--json']);
  expect(code).toBe(0);
  job = JSON.parse(out).id;
}, 120_000);
afterAll(() => kiln?.dispose());

async function inDatabase(use: (db: Database) => Promise<unknown>): Promise<void> {
  const db = openDatabase((await askControl(kiln.home, 'database')) ?? '');
  await use(db).finally(() => db.close());
}

async function doctor(...args: string[]): Promise<{ code: number | null; checks: readonly Check[]; of(name: string): readonly Check[] }> {
  const { code, out, err } = await kiln.run(['doctor', '--json', ...args]);
  expect(err).toBe('');
  const checks: readonly Check[] = JSON.parse(out);
  return { code, checks, of: (name) => checks.filter((check) => check.name === name) };
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

describe('kiln doctor, while Kiln runs', () => {
  it('says of a sound installation that all is well, one line for each check', async () => {
    const { code, out, err } = await kiln.run(['doctor']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.trim().split('\n');
    expect(lines.pop()).toBe('All is well.');
    for (const line of lines) expect(line).toMatch(/^ok {7}[A-Z].*: .*\.$/);
    expect(out).toMatch(/Workers: 1 worker/);
  });

  it('tells all that is wrong with what to do, and ends with 1 only if something failed', async () => {
    await kiln.addConnector('broken', 'description: Has no payload.\nrunsOn: unix\n');
    await vi.waitFor(async () => expect((await kiln.run(['connectors'])).out).toContain('broken'), { timeout: 30_000, interval: 200 });
    await inDatabase(async (db) => {
      await db.pool.query(`
        insert into platforms (name, kind, provider, slots, max_nodes, state, findings) values
          ('bad', 'unix', 'ssh', 1, 1, 'trouble', '[{"name": "Login", "status": "failed", "message": "The password was refused."}]')`);
      await db.pool.query(
        `insert into jobs (owner_id, connector, version, platform, output_storage, parameters, progress, status, blocked, stage)
         select owner_id, connector, version, 'bad', output_storage, parameters, progress, 'blocked', $2, 'create' from jobs where id = $1`,
        [
          job,
          JSON.stringify({
            since: '2025-01-01T00:00:00.000Z',
            until: '2100-01-01T00:00:00.000Z',
            attempts: 9,
            code: 'PLATFORM_UNAVAILABLE',
            message: 'The host is away.',
          }),
        ],
      );
    });
    const { code, of } = await doctor();
    expect(code).toBe(1);
    expect(of('Platform bad')).toMatchObject([
      { status: 'failed', message: 'Login: The password was refused.', advice: expect.stringContaining('platform check bad') },
    ]);
    expect(of('Connectors')).toMatchObject([
      { status: 'warning', message: expect.stringContaining('broken'), advice: expect.stringContaining('connector check') },
    ]);
    expect(of('Blocked jobs')).toMatchObject([{ status: 'warning', advice: expect.stringContaining('kiln cancel') }]);
    await rm(join(kiln.home, 'payloads/broken'), { recursive: true });
    await inDatabase(async (db) => {
      await db.pool.query(`delete from jobs where platform = 'bad'`);
      await db.pool.query(`delete from platforms where name = 'bad'`);
    });
  });

  it('finds what an ended job left, and removes it only when told to; what it does not know stays', async () => {
    const scratch = join(kiln.home, 'scratch');
    const [left, unknown] = [join(scratch, `quick${job}`), join(scratch, 'quick4711')];
    for (const path of [left, unknown]) await mkdir(join(path, 'output_0'), { recursive: true });
    const looked = await doctor();
    expect(looked.code).toBe(0);
    expect(looked.of('Orphans').map(({ status, message }) => [status, message])).toEqual([
      ['warning', expect.stringContaining(`${left} on local`)],
      ['warning', expect.stringContaining('knows no job 4711')],
    ]);
    const mended = await kiln.run(['doctor', '--fix']);
    expect(mended.out).toContain(`Removed ${left} on local`);
    expect([await exists(left), await exists(unknown)]).toEqual([false, true]);
    expect(await readFile(join(kiln.home, `outputs/quick${job}/output/1/word`), 'utf8')).toBe('word\n');
    await rm(unknown, { recursive: true });
  });

  it('says that the events do not end where their counter stands', async () => {
    await inDatabase((db) => db.pool.query('update event_counter set last = last + 5'));
    expect((await doctor()).of('Events')).toMatchObject([{ status: 'failed' }]);
    await inDatabase((db) => db.pool.query('update event_counter set last = last - 5'));
  });
});

describe('kiln doctor, while Kiln does not run', () => {
  it('looks at what can be seen, and leaves nothing running', async () => {
    up.child.kill('SIGINT');
    await up.ended;
    await mkdir(join(kiln.home, 'scratch', `quick${job}`), { recursive: true });
    const { code, of } = await doctor('--fix');
    expect(code).toBe(0);
    expect(of('Kiln')).toMatchObject([
      { status: 'warning', message: expect.stringContaining('does not run'), advice: expect.stringContaining('kiln up') },
    ]);
    expect(of('Database')).toMatchObject([{ status: 'ok' }]);
    expect(of('Workers')).toMatchObject([{ status: 'warning' }]);
    expect(of('Orphans')).toMatchObject([{ message: expect.stringContaining('Removed') }]);
    await expect(stat(join(kiln.home, 'postgres/data/postmaster.pid'))).rejects.toThrow('ENOENT');
  });

  it('says that a key is missing or is another one', async () => {
    const path = join(kiln.home, 'sealing-key.json');
    const own = await readFile(path);
    await rm(path);
    expect((await doctor()).of('Sealing key')).toMatchObject([{ status: 'failed', advice: expect.stringContaining('backup') }]);
    await writeFile(path, '{"publicKey":"other","privateKey":"other"}', { mode: 0o600 });
    expect((await doctor()).of('Sealing key')).toMatchObject([
      { status: 'failed', message: expect.stringContaining('not the key of this database') },
    ]);
    await writeFile(path, own);
  });

  it('says that the database does not answer, or is not there', async () => {
    const away = await kiln.run(['doctor', '--json'], { DATABASE_URL: 'postgresql://me:secret@127.0.0.1:1/x' });
    expect(away.code).toBe(1);
    expect(away.out).not.toContain('secret');
    expect(JSON.parse(away.out)).toContainEqual(expect.objectContaining({ name: 'Database', status: 'failed' }));
    const home = join(kiln.home, 'nowhere');
    expect(JSON.parse((await kiln.run(['doctor', '--json', '--home', home])).out)).toContainEqual(
      expect.objectContaining({ name: 'Home', status: 'failed' }),
    );
  });
});

it('a Kiln that is started while another command has its database in hand is told so', async () => {
  const home = join(kiln.home, 'held');
  const release = await holdHome(home, 'A backup is being made.');
  const { code, err } = await kiln.run(['up', '--port', '0', '--home', home]);
  await release();
  expect({ code, err }).toEqual({ code: 1, err: 'kiln: A backup is being made.\n' });
});

describe('a check', () => {
  it('of the disk warns below 5 GB and fails below 200 MB', () => {
    const status = (free: number) => checkSpace('home', free).status;
    expect([status(5_000_000_000), status(4_999_999_999), status(200_000_000), status(199_999_999)]).toEqual([
      'ok',
      'warning',
      'warning',
      'failed',
    ]);
  });

  it('of the disk tells each file system once', async () => {
    expect(await checkDisks(join(kiln.home, 'not', 'there'), false)).toHaveLength(1);
  });

  it('of Node takes what package.json asks for', async () => {
    expect(['18.20.0', '20.18.9', '20.19.0', '22.0.0'].map((version) => checkNode(version).status)).toEqual([
      'failed',
      'failed',
      'ok',
      'ok',
    ]);
    const { engines } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(checkNode('1.0.0').advice).toContain(engines.node.replace('>=', ''));
  });

  it('of the home and its key minds who may read them', async () => {
    const home = join(kiln.home, 'open');
    await mkdir(home, { mode: 0o755 });
    await writeFile(join(home, 'sealing-key.json'), '{"publicKey":"a","privateKey":"b"}', { mode: 0o644 });
    expect(await checkHome(home)).toMatchObject({ status: 'warning', advice: `Run \`chmod 700 ${home}\`.` });
    expect(await checkSealingKey(home, 'a')).toMatchObject({ status: 'failed', advice: expect.stringContaining('chmod 600') });
    await chmod(join(home, 'sealing-key.json'), 0o600);
    expect(await checkSealingKey(home, 'a')).toMatchObject({ status: 'ok' });
  });
});
