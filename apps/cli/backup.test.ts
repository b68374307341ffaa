import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readAddress } from '@kiln/client/address';
import { Kiln } from '@kiln/client/kiln';
import { type Database, openDatabase } from '@kiln/db/connect';
import { startEmbedded } from '@kiln/db/embedded';
import { eventNumbers } from '@kiln/db/health';
import { seal, unseal } from '@kiln/db/sealing';
import { findSealingKey } from '@kiln/db/sealing-key';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { askControl } from './start/control.ts';
import { KilnProcess, type Started } from './testing/kiln-process.ts';

const QUICK = 'description: Writes a word.\nrunsOn: unix\ncommand: echo word > "$2/word"\n';
const SECRET = { privateKey: 'a key that nobody else has', passphrase: null };

let kiln: KilnProcess;
let up: Started;
let folder: string;
/** Made while jobs were submitted and run. */
let archive: string;
/** Jobs that were there before the backup began. */
let before: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kiln-backup-'));
  archive = join(folder, 'kiln.tar.gz');
  kiln = await KilnProcess.create();
  await kiln.addConnector('quick', QUICK);
  up = kiln.start(['up', '--port', '0']);
  await up.says(/Ctrl-C/);
  await inRunning(async (db) => {
    await db.pool.query(`insert into users (name) values ('another')`);
    await db.pool.query(
      `insert into platforms (name, kind, provider, slots, max_nodes, state, credential) values ('far', 'unix', 'ssh', 1, 1, 'ready', $1)`,
      [seal(await findSealingKey(db), JSON.stringify(SECRET))],
    );
  });
  before = [await submitted(), await submitted()];
  for (const id of before) expect((await kiln.run(['watch', id])).code).toBe(0);
  await backUpMeanwhile();
}, 180_000);

afterAll(async () => {
  await kiln?.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function inRunning<T>(use: (db: Database) => Promise<T>): Promise<T> {
  const db = openDatabase((await askControl(kiln.home, 'database')) ?? '');
  return use(db).finally(() => db.close());
}

async function submitted(): Promise<string> {
  const { out, err } = await kiln.run(['submit', 'quick', '--sweep', 'n=1:3', '--json']);
  expect(err).toBe('');
  return JSON.parse(out).id;
}

/** Jobs are submitted and run from before the backup begins until after it has ended. */
async function backUpMeanwhile(): Promise<void> {
  const { url = '', token = '' } = readAddress(kiln.home) ?? {};
  const sdk = new Kiln({ url, token });
  let done = false;
  const submitting = (async () => {
    for (let count = 0; ; count += 1) {
      if (done) return count;
      await sdk.submit('quick', { sweep: { n: [1, 2, 3] } });
      await new Promise((resolve) => setTimeout(resolve, 100)); // no more than can be run meanwhile
    }
  })();
  const { code, out, err } = await kiln.run(['backup', archive]);
  done = true;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`Backed up to ${archive}`);
  expect(await submitting).toBeGreaterThan(0);
}

describe('a backup that was made while jobs ran', () => {
  it('can be read by its owner only', async () => {
    expect((await stat(archive)).mode & 0o777).toBe(0o600);
  });

  it('is restored with its jobs, a history without gaps, users, connectors and credentials that open', async () => {
    const home = join(folder, 'restored');
    const { code, out, err } = await kiln.run(['restore', archive, '--home', home]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/\d+ jobs, 2 users, 3 platforms/);
    expect(out).toContain(`kiln up --home ${home}`);
    expect((await readdir(home)).sort()).toEqual(['payloads', 'postgres', 'sealing-key.json']);
    expect((await stat(join(home, 'sealing-key.json'))).mode & 0o777).toBe(0o600);

    const server = await startEmbedded(join(home, 'postgres'));
    const db = openDatabase(server.url);
    try {
      const { rows } = await db.pool.query('select id::text, status from jobs order by jobs.id');
      expect(rows.slice(0, 2)).toEqual(before.map((id) => ({ id, status: 'succeeded' })));
      expect(rows.length).toBeGreaterThan(2);
      const { counter, newest } = await eventNumbers(db);
      const events = (await db.pool.query('select count(*)::int as n, min(seq)::int as first from events')).rows[0];
      expect({ newest, ...events }).toEqual({ newest: counter, n: counter, first: 1 });
      // Whatever was saved was saved whole: each job's tasks and its newest event are there.
      const torn = await db.pool.query(`
        select id from jobs j where last_seq <> (select max(seq) from events e where e.job_id = j.id)
          or (select count(*) from tasks t where t.job_id = j.id) not in (0, 3)`);
      expect(torn.rows).toEqual([]);
      const key = JSON.parse(await readFile(join(home, 'sealing-key.json'), 'utf8'));
      const sealed = (await db.pool.query(`select credential from platforms where name = 'far'`)).rows[0].credential;
      expect(JSON.parse(unseal(key.privateKey, sealed))).toEqual(SECRET);
    } finally {
      await db.close();
      await server.stop();
    }
  });

  it('is refused where something lies already, and leaves that alone', async () => {
    const home = join(folder, 'taken');
    await mkdir(home);
    await writeFile(join(home, 'mine'), 'mine');
    const { code, err } = await kiln.run(['restore', archive, '--home', home]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/not empty \(mine\)/) });
    expect(await readdir(home)).toEqual(['mine']);
  });

  it.each([
    ['cut short', 'damaged', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['with a byte changed', 'damaged', (bytes: Buffer) => changed(bytes, bytes.length / 2)],
    [
      'with a byte of a file changed, and packed anew',
      'sealing-key.json is not what it was',
      (bytes: Buffer) => gzipSync(changedSealingKey(gunzipSync(bytes)), { level: 1 }),
    ],
    ['empty', 'damaged', () => Buffer.alloc(0)],
    ['of something else', 'damaged', () => gzipSync(Buffer.from('nothing of the kind'))],
  ])('%s is refused, and nothing is left of the try', async (what, why, damage) => {
    const file = join(folder, `${what.replaceAll(' ', '-')}.tar.gz`);
    await writeFile(file, damage(await readFile(archive)));
    const home = join(folder, `from-${what.replaceAll(' ', '-')}`);
    const { code, out, err } = await kiln.run(['restore', file, '--home', home]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(new RegExp(`^kiln: .*${why}`));
    expect(await readdir(folder)).not.toContain(`from-${what.replaceAll(' ', '-')}`);
  });

  it('does not replace a file that is there', async () => {
    const { code, err } = await kiln.run(['backup', archive]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('is there already') });
  });

  it('interrupted or killed, leaves no file under its name', async () => {
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const file = join(folder, `${signal}.tar.gz`);
      const backup = kiln.start(['backup', file]);
      while (!(await readdir(folder)).some((name) => name.startsWith(`.${signal}.tar.gz`)))
        await new Promise((resolve) => setTimeout(resolve, 5));
      backup.child.kill(signal);
      expect((await backup.ended).code).not.toBe(0);
      const left = (await readdir(folder)).filter((name) => name.includes(signal));
      if (signal === 'SIGINT') expect(left).toEqual([]);
      else expect(left).toEqual([expect.stringMatching(/^\.SIGKILL\.tar\.gz\./)]);
    }
  });
});

it('a backup of a Kiln that rests holds the results if they are asked for, and runs on in another home', async () => {
  up.child.kill('SIGINT');
  await up.ended;
  const file = join(folder, 'resting.tar.gz');
  const made = await kiln.run(['backup', file, '--results', '--json']);
  expect(made.err).toBe('');
  expect(JSON.parse(made.out)).toMatchObject({ database: 'resting', results: true, postgres: expect.stringMatching(/^\d+$/) });
  const home = join(folder, 'moved');
  await mkdir(home);
  const restored = await kiln.run(['restore', file, '--home', home, '--json']);
  expect(restored).toMatchObject({ code: 0, err: '' });
  expect(await readFile(join(home, `outputs/quick${before[0]}/output/1/word`), 'utf8')).toBe('word\n');

  const moved = kiln.start(['up', '--port', '0', '--home', home]);
  await moved.says(/Ctrl-C/);
  const { code, out } = await kiln.run(['submit', 'quick', '--watch', '--json'], { KILN_HOME: home });
  expect(code).toBe(0);
  // The jobs that were submitted after the backup have left directories under the next numbers.
  expect(Number(JSON.parse(out).id)).toBeGreaterThan(JSON.parse(restored.out).counts.jobs + 999);
  moved.child.kill('SIGINT');
  expect((await moved.ended).code).toBe(0);
}, 120_000);

it('a home whose database is elsewhere is backed up without it, and that is said', async () => {
  const home = join(folder, 'external');
  await mkdir(home);
  await writeFile(join(home, 'sealing-key.json'), '{}', { mode: 0o600 });
  const file = join(folder, 'external.tar.gz');
  const { code, err } = await kiln.run(['backup', file, '--home', home], { DATABASE_URL: inject('databaseServer') });
  expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('pg_dump') });
  const restored = await kiln.run(['restore', file, '--home', join(folder, 'from-external')]);
  expect(restored).toMatchObject({ code: 0, out: expect.stringContaining('DATABASE_URL') });
  expect(await readdir(join(folder, 'from-external'))).toEqual(['sealing-key.json']);
});

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[Math.floor(at)] = (copy[Math.floor(at)] ?? 0) ^ 0xff;
  return copy;
}

function changedSealingKey(tar: Buffer): Buffer {
  return changed(tar, tar.lastIndexOf('"privateKey":"') + 20);
}
