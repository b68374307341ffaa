import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Asker, createAsker } from '@kiln/db/asks';
import { beat } from '@kiln/db/workers';
import { jobDirectory, type Orphan } from '@kiln/domain';
import { bed, bedsMissing } from '@kiln/testing/bed';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHousekeeping } from './housekeeping.ts';
import { rootsHere } from './roots.ts';
import type { Rounds } from './rounds.ts';
import { installation } from './testing/installation.ts';
import { registered } from './testing/registered.ts';

const DAY = 24 * 60 * 60 * 1000;
const QUICK = {
  'connector.yaml': 'description: Writes a word.\nrunsOn: unix\n',
  'process_payload/main.sh': '#!/bin/sh\necho word >"$2/word"\n',
};
const GATED = {
  'connector.yaml': 'description: Waits.\nrunsOn: unix\nparameters: { gate: { default: "" } }\n',
  'process_payload/main.sh': '#!/bin/sh\nwhile [ ! -e "$gate" ]; do sleep 0.05; done\n',
};

let kiln: Awaited<ReturnType<typeof installation>>;
let housekeeping: Rounds | null = null;
const processes: ChildProcess[] = [];

beforeEach(async () => {
  kiln = await installation();
  await kiln.connector('quick', QUICK);
  await kiln.connector('gated', GATED);
});
afterEach(async () => {
  await housekeeping?.close();
  housekeeping = null;
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  await kiln.close();
});

/** Directories as ended jobs leave them behind, with a process that runs on; what is in them is `age` milliseconds old. */
async function leave(root: string, name: string, age = 0): Promise<{ readonly path: string; readonly child: ChildProcess }> {
  const path = join(root, name);
  await mkdir(join(path, 'output_0'), { recursive: true });
  const child = spawn('sleep', ['1000'], { env: { ...process.env, KILN_JOB_DIRECTORY: `${path}/` } });
  await once(child, 'spawn');
  processes.push(child);
  const at = new Date(Date.now() - age);
  for (const old of [join(path, 'output_0'), path]) await utimes(old, at, at);
  return { path, child };
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function asking<T>(ask: (asker: Asker) => Promise<T>): Promise<T> {
  const asker = await createAsker(kiln.db);
  return ask(asker).finally(() => asker.close());
}

const report = () => asking(async (asker) => (await asker.ask<'find-orphans'>({ kind: 'find-orphans' }, { timeout: 30_000 })).answer);
const find = async () => (await report()).orphans;
const remove = (orphan: Orphan) => asking((asker) => asker.ask<'remove-orphan'>({ kind: 'remove-orphan', orphan }, { timeout: 30_000 }));

test('what ended jobs left on this machine is found and removed with its processes; live and unknown jobs are left alone', async () => {
  await kiln.worker();
  const ended = await kiln.submit('quick', 'local');
  await kiln.ended(ended);
  const live = await kiln.submit('gated', 'local', { gate: join(kiln.home, 'gate') });
  await kiln.until(live, ({ job }) => job.stage === 'wait');
  const scratch = join(kiln.home, 'scratch');
  const left = await leave(scratch, `quick${ended}`);
  await leave(scratch, `other${ended}`);
  await leave(scratch, 'quick4711');

  const found = await find();
  expect(found.map(({ name, jobId, endedAt, processes: running }) => [name, jobId, endedAt !== null, running]).sort()).toEqual([
    [`other${ended}`, ended, false, 1],
    [`quick${ended}`, ended, true, 1],
    ['quick4711', 4711, false, 1],
  ]);
  const [mine, unknown] = [found.find(({ name }) => name === `quick${ended}`), found.find(({ name }) => name === 'quick4711')];
  if (!mine || !unknown) throw new Error('They were found.');
  await remove(mine);
  expect(await exists(left.path)).toBe(false);
  expect(left.child.exitCode ?? left.child.signalCode).not.toBeNull();
  expect(await kiln.output(`quick${ended}/output/1/word`)).toBe('word\n');

  await expect(remove(unknown)).rejects.toThrow('belongs to no job');
  await expect(remove({ ...mine, name: `gated${live}` })).rejects.toThrow('has not ended');
  await expect(remove({ ...mine, root: kiln.home })).rejects.toThrow('not there');
  expect(await exists(join(scratch, `gated${live}`))).toBe(true);
  await writeFile(join(kiln.home, 'gate'), '');
  expect((await kiln.ended(live)).job.status).toBe('succeeded');
});

test('a machine of the cloud on this machine whose job has ended is found and given back', async () => {
  await kiln.worker();
  const ended = await kiln.submit('quick', 'local-cloud');
  await kiln.ended(ended);
  const machine = join(kiln.home, 'machines', `quick${ended}-1`);
  await mkdir(machine, { recursive: true });
  await writeFile(join(machine, 'job'), `quick${ended}`);
  const { child } = await leave(machine, `quick${ended}`);
  const found = await find();
  expect(found).toMatchObject([{ kind: 'machine', platform: 'local-cloud', name: `quick${ended}-1`, jobId: ended, processes: 1 }]);
  for (const orphan of found) await remove(orphan);
  expect(await readdir(join(kiln.home, 'machines'))).toEqual([]);
  expect(child.exitCode ?? child.signalCode).not.toBeNull();
});

describe('housekeeping', () => {
  async function keepHouse(retention: { events: number | null; scratch: number | null }): Promise<void> {
    await beat(kiln.db, { id: 'eldest', host: 'here', pid: 1 });
    const places = rootsHere(kiln.home, process.env);
    housekeeping = createHousekeeping({
      db: kiln.db,
      places,
      retention,
      workerId: () => 'eldest',
      log: pino({ level: 'silent' }),
      period: 0,
    });
    housekeeping.tick();
  }

  /** Two jobs that ended, one of them ten days ago, as they are when no worker is left. */
  async function endedJobs(): Promise<readonly [old: number, young: number]> {
    const worker = await kiln.worker();
    const ids = [await kiln.submit('quick', 'local'), await kiln.submit('quick', 'local')] as const;
    for (const id of ids) await kiln.ended(id);
    await worker.close();
    await kiln.db.pool.query(`update jobs set ended_at = now() - interval '10 days' where id = $1`, [ids[0]]);
    return ids;
  }

  test('removes what lay there longer than it is kept, and nothing younger', async () => {
    const [old, young] = await endedJobs();
    const scratch = join(kiln.home, 'scratch');
    const stale = await leave(scratch, `quick${old}`, 10 * DAY);
    const fresh = await leave(scratch, `quick${young}`);
    await keepHouse({ events: null, scratch: 7 * DAY });
    await vi.waitFor(async () => expect(await exists(stale.path)).toBe(false), 30_000);
    await housekeeping?.close();
    expect(await exists(fresh.path)).toBe(true);
    expect(await kiln.output(`quick${old}/output/1/word`)).toBe('word\n');
  });

  test('leaves alone what an ended job still writes to', async () => {
    const [one, other] = await endedJobs();
    await kiln.db.pool.query(`update jobs set ended_at = now() - interval '10 days'`);
    const scratch = join(kiln.home, 'scratch');
    const busy = await leave(scratch, `quick${one}`);
    const stale = await leave(scratch, `quick${other}`, 10 * DAY);
    await keepHouse({ events: null, scratch: 7 * DAY });
    await vi.waitFor(async () => expect(await exists(stale.path)).toBe(false), 30_000);
    expect(await exists(busy.path)).toBe(true); // it comes first
  });

  test('removes the events of tasks when they are old; the rest of the history stays', async () => {
    const [old, young] = await endedJobs();
    const before = await kiln.events(old);
    expect(before.some(({ kind }) => kind === 'task')).toBe(true);
    await keepHouse({ events: 7 * DAY, scratch: null });
    await vi.waitFor(async () => expect((await kiln.events(old)).some(({ kind }) => kind === 'task')).toBe(false), 30_000);
    expect(await kiln.events(old)).toEqual(before.filter(({ kind }) => kind !== 'task' && kind !== 'note'));
    expect((await kiln.events(young)).some(({ kind }) => kind === 'task')).toBe(true);
  });
});

describe.skipIf(bedsMissing)('on a server', () => {
  test('what an ended job left is found over SSH and removed; what cannot be looked at is told', async () => {
    await kiln.worker();
    const env = await bed('sshd');
    const connection = { host: env['SSH_HOST'] ?? '', port: Number(env['SSH_PORT']), user: env['SSH_USER'] ?? '', jumps: [] };
    const enrolment = { kind: 'password', password: env['SSH_PASSWORD'] ?? '' } as const;
    const { facts } = await registered(kiln.db, kiln.user.id, { name: 'box', kind: 'unix', connection, enrolment });
    // Two platforms, one root: what lies there is told once.
    await registered(kiln.db, kiln.user.id, { name: 'same-box', kind: 'unix', connection, enrolment });
    const ended = await kiln.submit('quick', 'box');
    const { job, nodes } = await kiln.ended(ended);
    expect(job.status).toBe('succeeded');
    const root = nodes[0]?.root ?? '';
    expect(root.startsWith(facts?.root ?? '/nowhere')).toBe(true);
    const path = join(root, jobDirectory(job));
    await mkdir(path, { recursive: true }); // the server is on this machine

    await kiln.db.pool.query(
      `insert into platforms (name, owner_id, kind, provider, slots, max_nodes, connection, facts)
       select 'away', owner_id, kind, provider, 1, 1, jsonb_set(connection, '{port}', '1'), facts from platforms where name = 'box'`,
    );
    const { orphans, troubles } = await report();
    expect(orphans).toMatchObject([{ kind: 'directory', root, name: jobDirectory(job), jobId: ended }]);
    expect(troubles.map(({ platform }) => platform)).toEqual(['away']);
    for (const orphan of orphans) await remove(orphan);
    expect(await exists(path)).toBe(false);
  });
});
