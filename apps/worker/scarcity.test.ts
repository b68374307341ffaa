import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, openDatabase } from '@kiln/db/connect';
import { startEmbedded } from '@kiln/db/embedded';
import { migrate } from '@kiln/db/migrate';
import { expect, test } from 'vitest';
import { installation } from './testing/installation.ts';
import { smallDisk, smallDisksMissing } from './testing/small-disk.ts';

const SWEEP = 'runsOn: unix\nreliability: true\nsweep: { n: [1, 2, 3, 4] }\n';

test.skipIf(smallDisksMissing)('a node without room blocks the job, which goes on when there is room', async () => {
  const kiln = await installation();
  const disk = await smallDisk(join(kiln.home, 'scratch'), 2);
  try {
    await kiln.worker();
    await kiln.connector('plain', { 'connector.yaml': `description: Waits.\n${SWEEP}`, 'process_payload/main.sh': 'echo "$n" >"$2/n"\n' });
    await disk.fill();
    const job = await kiln.submit('plain', 'local');
    const { job: blocked } = await kiln.until(job, (state) => state.job.status === 'blocked');
    expect(blocked.blocked).toMatchObject({ code: expect.stringMatching(/DISK_FULL|PLATFORM_UNAVAILABLE/) });
    await disk.makeRoom();
    expect((await kiln.ended(job)).job).toMatchObject({ status: 'succeeded', ending: null });
    expect(await kiln.output(`plain${job}/output/4/n`)).toBe('4\n');
  } finally {
    await disk.close();
    await kiln.close();
  }
});

test.skipIf(smallDisksMissing)('what has no room on a node is not begun to be sent there, and goes there when there is room', async () => {
  const kiln = await installation();
  const disk = await smallDisk(join(kiln.home, 'scratch'), 2);
  try {
    await kiln.worker();
    await kiln.connector('big', {
      'connector.yaml': `description: Brings much.\n${SWEEP}`,
      'process_payload/main.sh': 'echo "$n" >"$2/n"\n',
      'process_payload/data': 'x'.repeat(5_000_000),
    });
    const job = await kiln.submit('big', 'local');
    const { job: blocked } = await kiln.until(job, (state) => state.job.status === 'blocked');
    expect(blocked).toMatchObject({ stage: 'bootstrap', ending: null, blocked: { code: 'DISK_FULL' } });
    expect(blocked.blocked?.message).toMatch(
      /payload could not be set up on local in .*scratch\/big1: 4882 KB are needed and only \d+ KB are free/,
    );
    expect(await readdir(join(kiln.home, `scratch/big${job}/payload`))).toEqual([]);
    await disk.grow(64);
    expect((await kiln.ended(job)).job).toMatchObject({ status: 'succeeded', ending: null });
  } finally {
    await disk.close();
    await kiln.close();
  }
});

test.skipIf(smallDisksMissing)(
  'tasks that fill their node fail as they say themselves, and are tried again until there is room',
  async () => {
    const kiln = await installation();
    const disk = await smallDisk(join(kiln.home, 'scratch'), 4);
    try {
      await kiln.worker();
      await kiln.connector('large', {
        'connector.yaml': `description: Writes much.\n${SWEEP}`,
        'process_payload/main.sh': 'head -c 3000000 /dev/zero >"$2/zeros" && echo "$n" >"$2/n" || exit 5\n',
      });
      const job = await kiln.submit('large', 'local', { reschedule_failed_tasks: true, maximum_retries: 20, retry_delay: 1 });
      await kiln.until(job, ({ job: { progress } }) => progress.wave > 0);
      await disk.grow(64);
      expect((await kiln.ended(job)).job).toMatchObject({ status: 'succeeded', ending: null });
      const { rows: failures } = await kiln.db.pool.query("select distinct exit_code, failure->>'code' as code from attempts");
      expect(failures).toEqual([{ exit_code: 5, code: 'EXIT' }]);
      for (const number of [1, 2, 3, 4]) expect(await kiln.output(`large${job}/output/${number}/n`)).toBe(`${number}\n`);
    } finally {
      await disk.close();
      await kiln.close();
    }
  },
);

test.skipIf(smallDisksMissing)('a storage without room blocks the job, whose results come home when there is room', async () => {
  const kiln = await installation();
  const disk = await smallDisk(join(kiln.home, 'outputs'), 40);
  try {
    await kiln.worker();
    await kiln.connector('results', {
      'connector.yaml': `description: Leaves much.\n${SWEEP}`,
      'process_payload/main.sh': 'head -c 12000000 /dev/zero >"$2/zeros"\n',
    });
    const job = await kiln.submit('results', 'local');
    const { job: blocked } = await kiln.until(job, (state) => state.job.status === 'blocked');
    expect(blocked).toMatchObject({ stage: 'wait', blocked: { code: 'DISK_FULL' } });
    expect(blocked.blocked?.message).toMatch(
      /Results cannot be written to .*outputs\/results1: \d+ MB are needed and only \d+ MB are free/,
    );
    expect(await readdir(join(kiln.home, `outputs/results${job}/output_0`))).toEqual([]); // nothing was begun
    await disk.grow(200);
    expect((await kiln.ended(job)).job).toMatchObject({ status: 'succeeded', ending: null });
    for (const number of [1, 2, 3, 4]) expect((await kiln.output(`results${job}/output/${number}/zeros`)).length).toBe(12_000_000);
  } finally {
    await disk.close();
    await kiln.close();
  }
});

const LINES = {
  'connector.yaml': `description: Appends a line.\n${SWEEP}parameters: { effects: { default: "" } }\n`,
  'process_payload/main.sh': 'echo "$KILN_JOB_DIRECTORY $n" >>"$effects"\nsleep "0.$n"\n',
};

/** Every task of these jobs ran, and none twice. */
async function eachOnce(file: string, jobs: number): Promise<void> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(4 * jobs);
  expect(new Set(lines).size).toBe(lines.length);
}

test.skipIf(smallDisksMissing)(
  'a database without room, and one that is restarted, hold jobs up and lose none',
  { timeout: 180_000 },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kiln-scarce-'));
    const disk = await smallDisk(directory, 220);
    const server = await startEmbedded(join(directory, 'postgres'), {
      fsync: 'off',
      full_page_writes: 'off',
      min_wal_size: '32MB',
      max_wal_size: '32MB',
    });
    const db = openDatabase(server.url, { max: 10 });
    await migrate(db);
    const kiln = await installation(db);
    const effects = join(kiln.home, 'effects');
    try {
      await kiln.connector('lines', LINES);
      await kiln.worker({ heartbeat: { period: 200, deadline: 1500 } });
      const jobs: number[] = [];
      for (let i = 0; i < 4; i += 1) jobs.push(await kiln.submit('lines', 'local', { effects }));
      await disk.fill();
      await expect(fillDatabase(db)).rejects.toThrow(); // nothing can be written any more
      await sleep(1000);
      await disk.makeRoom();
      for (const job of jobs) expect((await patient(() => kiln.ended(job))).job).toMatchObject({ status: 'succeeded', ending: null });
      await eachOnce(effects, jobs.length);

      jobs.push(await kiln.submit('lines', 'local', { effects }));
      const pid = Number((await readFile(join(directory, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]);
      expect(pid).toBeGreaterThan(1);
      process.kill(pid, 'SIGINT'); // a fast shutdown; the server is started again by whoever started it
      for (const job of jobs) expect((await patient(() => kiln.ended(job))).job).toMatchObject({ status: 'succeeded', ending: null });
      await eachOnce(effects, jobs.length);
    } finally {
      await kiln.close();
      await server.stop();
      await disk.close();
      await rm(directory, { recursive: true });
    }
  },
);

/** Writes until it cannot be done. */
async function fillDatabase(db: Database): Promise<void> {
  await db.pool.query('create table filling (text text)');
  for (;;) await db.pool.query('insert into filling select repeat(md5(random()::text), 100) from generate_series(1, 2000)');
}

/** Looks again while the database is away. */
async function patient<T>(look: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await look();
    } catch (error) {
      if (tries > 300) throw error;
      await sleep(100);
    }
  }
}

test('connections that are cut again and again hold jobs up and lose none', { timeout: 120_000 }, async () => {
  const kiln = await installation();
  const effects = join(kiln.home, 'effects');
  const other = openDatabase(kiln.db.url, { max: 1 });
  try {
    await kiln.connector('lines', LINES);
    await kiln.worker({ heartbeat: { period: 200, deadline: 1500 } });
    const jobs: number[] = [];
    for (let i = 0; i < 6; i += 1) jobs.push(await kiln.submit('lines', 'local', { effects }));
    for (let cuts = 0; cuts < 12; cuts += 1) {
      await sleep(150 + 37 * cuts);
      await other.pool.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
    }
    for (const job of jobs) expect((await patient(() => kiln.ended(job))).job).toMatchObject({ status: 'succeeded', ending: null });
    await eachOnce(effects, jobs.length);
  } finally {
    await other.close();
    await kiln.close();
  }
});
