import { DEFAULT_SETTINGS, type Finding } from '@kiln/domain';
import { testDatabase } from '@kiln/testing/database';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ensureAdministrator } from './accounts.ts';
import { storeVersion } from './catalog.ts';
import { registerPlatform, requestPlatformAction, updatePlatform } from './change-platform.ts';
import type { Database } from './connect.ts';
import { findJob } from './jobs.ts';
import { loadState } from './load-state.ts';
import { deletePlatform, renamePlatform } from './move-platform.ts';
import { finishCheck, keepCredential, loadPlatformSecrets, saveFindings } from './platform-checks.ts';
import { tryPlatform } from './platform-jobs.ts';
import { linksByAddress } from './platform-links.ts';
import { ensureBuiltins, findPlatform, listPlatforms } from './platforms.ts';
import { requeueForgotten } from './queue.ts';
import { runQueue } from './run-queue.ts';
import { createSealingKey } from './sealing.ts';
import { findSealingKey, publishSealingKey } from './sealing-key.ts';
import { insertJob, requestRetry } from './submit.ts';
import { beat, takeOverFromTheDead } from './workers.ts';

let db: Database;
let ownerId: string;
const connection = { host: 'hpc.example.org', port: 22, user: 'ann', jumps: [] };
const ready = { state: 'ready', findings: [] } as const;

beforeAll(async () => {
  db = await testDatabase();
  await ensureBuiltins(db, 2);
  ownerId = (await ensureAdministrator(db)).id;
  await storeVersion(db, { name: 'hello', version: 'v1', archive: Buffer.from(''), inWorkers: false });
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.pool.query(`delete from jobs; delete from platforms where provider = 'ssh'; delete from graphile_worker._private_jobs`);
});

function register(name = 'hpc'): Promise<void> {
  const settings = DEFAULT_SETTINGS;
  return registerPlatform(db, {
    ownerId,
    name,
    kind: 'slurm',
    connection,
    bucket: null,
    url: null,
    curator: null,
    cloud: null,
    maxNodes: 1,
    settings,
    description: '',
    slots: null,
    sealedEnrolment: SEALED,
  });
}
const SEALED = Buffer.from('sealed');

async function job(platform: string, status: 'active' | 'blocked' | 'failed', outputStorage = 'local'): Promise<number> {
  const parameters = { sweep: { z: [1], a: [2] }, platform, output_storage: outputStorage };
  const { id } = await insertJob(db, {
    ownerId,
    connector: 'hello',
    version: 'v1',
    platform,
    outputStorage,
    outputPath: '',
    parameters,
  });
  await db.pool.query('update jobs set status = $1 where id = $2', [status, id]);
  return id;
}

async function messages(): Promise<unknown[]> {
  const { rows } = await db.pool.query(`select j.payload from graphile_worker._private_jobs j order by j.id`);
  return rows.map((row: { payload: unknown }) => row.payload);
}

it('a registered platform waits to be checked, and what the check finds becomes its state', async () => {
  await register();
  expect(await findPlatform(db, 'hpc')).toMatchObject({ state: 'checking', slots: 1, connection, facts: null });
  expect(await messages()).toEqual([{ platform: 'hpc', action: 'check' }]);
  const findings: Finding[] = [{ name: 'Login', status: 'failed', message: 'The server said \0.' }];
  await saveFindings(db, 'hpc', 0, findings);
  expect((await findPlatform(db, 'hpc'))?.findings).toEqual([{ ...findings[0], message: 'The server said ␀.' }]);
  await keepCredential(db, 'hpc', { credential: Buffer.from('credential'), publicKey: 'ssh-ed25519 A' });
  const found = { findings: [], slots: 64, eraseEnrolment: true };
  expect(await finishCheck(db, 'hpc', 0, { state: 'ready', ...found })).toBe(true);
  expect(await findPlatform(db, 'hpc')).toMatchObject({ state: 'ready', slots: 64, findings: [] });
  expect(await loadPlatformSecrets(db, 'hpc')).toEqual({
    enrolment: null,
    credential: Buffer.from('credential'),
    hostKeys: [],
    publicKey: 'ssh-ed25519 A',
    revision: 0,
  });
});

it('a check of what was changed meanwhile counts no more', async () => {
  await register();
  await updatePlatform(db, 'hpc', { slots: 8 });
  await keepCredential(db, 'hpc', { credential: Buffer.from('fresh'), publicKey: 'B' });
  expect(await finishCheck(db, 'hpc', 0, { ...ready, eraseEnrolment: true })).toBe(false);
  expect(await findPlatform(db, 'hpc')).toMatchObject({ state: 'checking', slots: 8 });
  // The key that was installed is the only one that opens now.
  expect(await loadPlatformSecrets(db, 'hpc')).toMatchObject({ credential: Buffer.from('fresh'), publicKey: 'B', enrolment: SEALED });
  expect(await keepCredential(db, 'hpc', { credential: Buffer.from('given'), publicKey: null, revision: 0 })).toBe(false);
  expect(await loadPlatformSecrets(db, 'hpc')).toMatchObject({ credential: Buffer.from('fresh'), publicKey: 'B' });
  expect(await finishCheck(db, 'hpc', 1, { ...ready, slots: 64 })).toBe(true);
  expect(await findPlatform(db, 'hpc')).toMatchObject({ state: 'ready', slots: 8 });
});

it('host keys stay pinned only for machines that are still on the way', async () => {
  await register();
  const key = (address: string) => ({ address, type: 'ssh-ed25519', fingerprint: 'SHA256:x', key: 'AAAA' });
  await finishCheck(db, 'hpc', 0, { ...ready, hostKeys: [key('hpc.example.org:22'), key('gate:22')] });
  await updatePlatform(db, 'hpc', { connection: { ...connection, host: 'new', jumps: [{ host: 'gate', port: 22, user: 'ann' }] } });
  expect((await findPlatform(db, 'hpc'))?.hostKeys).toEqual([key('gate:22')]);
});

it('a name is taken once', async () => {
  await register();
  await register('other');
  await finishCheck(db, 'hpc', 0, ready);
  await expect(register()).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(renamePlatform(db, 'hpc', 'other')).rejects.toMatchObject({ code: 'CONFLICT' });
});

it('a fresh key is not asked for while a check is under way', async () => {
  await register();
  await requestPlatformAction(db, 'hpc', 'check');
  await expect(requestPlatformAction(db, 'hpc', 'rotate')).rejects.toMatchObject({ code: 'CONFLICT' });
  await finishCheck(db, 'hpc', 0, { ...ready, eraseEnrolment: true });
  await requestPlatformAction(db, 'hpc', 'rotate', SEALED);
  expect((await loadPlatformSecrets(db, 'hpc'))?.enrolment).toEqual(SEALED);
  expect(await messages()).toEqual([{ platform: 'hpc', action: 'rotate' }]);
});

it('live jobs keep a platform; ended ones keep its name, and cannot be tried again there', async () => {
  await register();
  await keepCredential(db, 'hpc', { credential: SEALED, publicKey: 'A' });
  await finishCheck(db, 'hpc', 0, ready);
  const live = await job('hpc', 'blocked');
  const ended = await job('hpc', 'failed');
  await expect(deletePlatform(db, 'hpc')).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining(`job ${live} (hello)`),
  });
  await expect(renamePlatform(db, 'hpc', 'new')).rejects.toMatchObject({ code: 'CONFLICT' });
  await db.pool.query(`update jobs set status = 'succeeded' where id = $1`, [live]);
  await deletePlatform(db, 'hpc');
  expect(await findPlatform(db, 'hpc')).toBeNull();
  expect(await loadPlatformSecrets(db, 'hpc')).toBeNull();
  expect((await listPlatforms(db, ownerId)).map(({ name }) => name)).toEqual(['local', 'local-cloud']);
  expect((await findJob(db, ownerId, ended))?.platform).toBe('hpc (removed)');
  expect((await loadState(db, ended))?.platform.kind).toBe('slurm');
  await expect(requestRetry(db, ended)).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE' });
  const { rows } = await db.pool.query(`select credential, enrolment from platforms where deleted_at is not null`);
  expect(rows).toEqual([{ credential: null, enrolment: null }]);
  await register();
  await deletePlatform(db, 'hpc');
  expect(await messages()).not.toContainEqual({ platform: 'hpc', action: 'check' });
});

it('jobs of the past go along when a platform is renamed, and the order of their sweeps stays', async () => {
  await register();
  await finishCheck(db, 'hpc', 0, ready);
  const ended = await job('hpc', 'failed');
  await renamePlatform(db, 'hpc', 'new');
  const row = await findJob(db, ownerId, ended);
  expect(row?.platform).toBe('new');
  expect(JSON.stringify(row?.parameters)).toBe('{"sweep":{"z":[1],"a":[2]},"platform":"new","output_storage":"local"}');
});

it('a storage is held by the jobs that store there, as a platform by those that run there', async () => {
  await register();
  await finishCheck(db, 'hpc', 0, ready);
  const live = await job('local', 'blocked', 'hpc');
  const named = { code: 'CONFLICT', message: expect.stringContaining(`job ${live} (hello)`) };
  await expect(deletePlatform(db, 'hpc')).rejects.toMatchObject(named);
  const settings = { ...DEFAULT_SETTINGS, root: '/elsewhere' };
  await expect(updatePlatform(db, 'hpc', { settings })).rejects.toMatchObject(named);
  await updatePlatform(db, 'hpc', { settings: { ...DEFAULT_SETTINGS, setup: 'true' } });
  await db.pool.query(`update jobs set status = 'failed' where id = $1`, [live]);
  await finishCheck(db, 'hpc', 1, ready);
  await renamePlatform(db, 'hpc', 'new');
  expect((await findJob(db, ownerId, live))?.parameters).toEqual({
    sweep: { z: [1], a: [2] },
    platform: 'local',
    output_storage: 'new',
  });
  expect((await loadState(db, live))?.output.storage).toMatchObject({ name: 'new', kind: 'slurm' });
  await deletePlatform(db, 'new');
  const gone = { code: 'PLATFORM_UNAVAILABLE', message: 'The output storage of this job was removed; submit it with another one.' };
  await expect(requestRetry(db, live)).rejects.toMatchObject(gone);
  await expect(job('local', 'active', 'new (removed)')).rejects.toMatchObject(gone);
});

it('trying a platform wakes its blocked jobs and no others', async () => {
  await register();
  const blocked = await job('hpc', 'blocked');
  await job('hpc', 'active');
  await job('local', 'blocked');
  await db.pool.query(`delete from graphile_worker._private_jobs`);
  expect(await tryPlatform(db, 'hpc')).toBe(1);
  expect(await messages()).toEqual([{ jobId: blocked }]);
});

it('a check whose worker died is done by another, and one that was lost is queued again', async () => {
  await register();
  await db.pool.query(`delete from graphile_worker._private_jobs`);
  await requeueForgotten(db.orm);
  await requeueForgotten(db.orm);
  expect(await messages()).toEqual([{ platform: 'hpc', action: 'check' }]);
  await db.pool.query(`update graphile_worker._private_jobs set locked_by = 'dead', locked_at = now() - interval '1 minute'`);
  expect(await takeOverFromTheDead(db, 10_000)).toBe(1);
  let see = (_seen: string) => {};
  const taken = new Promise<string>((resolve) => {
    see = resolve;
  });
  const idle = async () => undefined;
  const check = async (platform: string, action: string) => see(`${action} ${platform}`);
  const queue = await runQueue(db, 1, { advance: idle, answer: idle, report: () => undefined, check });
  expect(await taken).toBe('check hpc');
  await queue.stop();
});

it('what workers have open to a login is summed', async () => {
  const open = { address: 'ann@hpc:22', connections: 1, sessions: 3, sessionLimit: 8, since: new Date().toISOString() };
  await beat(db, { id: 'a', host: 'h', pid: 1, connections: [{ ...open, state: 'up' }] });
  await beat(db, { id: 'b', host: 'h', pid: 2, connections: [{ ...open, state: 'down' }] });
  const total = { connections: 2, sessions: 6, sessionLimit: 16, state: 'down' };
  expect(await linksByAddress(db)).toEqual(new Map([['ann@hpc:22', total]]));
});

it('the first sealing key stays', async () => {
  await expect(findSealingKey(db)).rejects.toMatchObject({ code: 'NO_WORKER' });
  const { publicKey } = createSealingKey();
  expect(await publishSealingKey(db, publicKey)).toBe(publicKey);
  expect(await publishSealingKey(db, createSealingKey().publicKey)).toBe(publicKey);
  expect(await findSealingKey(db)).toBe(publicKey);
});
