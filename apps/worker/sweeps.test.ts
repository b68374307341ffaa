import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadFolder } from '@kiln/connectors/load';
import { storeVersion } from '@kiln/db/catalog';
import { eventsAfter } from '@kiln/db/events';
import { findSweep, type SweepState } from '@kiln/db/list-sweeps';
import { insertSweep, type NewChild, requestCancelOfSweep, requestRetryOfSweep } from '@kiln/db/sweeps';
import { hasEnded, type Point } from '@kiln/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
beforeAll(async () => {
  kiln = await installation();
});
afterAll(() => kiln.close());

async function sweep(connector: string, points: readonly Point[], atMost: number): Promise<number> {
  const { hash, archive } = await loadFolder(join(kiln.home, 'payloads', connector), join(kiln.home, 'cache'));
  await storeVersion(kiln.db, { name: connector, version: hash, archive: await archive(), inWorkers: false });
  const children = points.map((point): NewChild => ({ platform: 'local', parameters: { platform: 'local' }, point }));
  const common = { ownerId: kiln.user.id, connector, version: hash, outputStorage: 'local', outputPath: 'swept', parameters: {} };
  return (await insertSweep(kiln.db, { ...common, over: [{}], atMost }, children)).id;
}

async function until(id: number, wanted: (state: SweepState) => boolean): Promise<SweepState> {
  for (;;) {
    const state = await findSweep(kiln.db, kiln.user.id, id);
    if (state && wanted(state)) return state;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const ended = (id: number) => until(id, ({ status }) => hasEnded(status));
const points = (count: number): Point[] => Array.from({ length: count }, (_, n) => ({ n }));

/** The most children that ran at once, and in which order they began, as the events tell. */
async function story(sweepId: number): Promise<{ most: number; began: number[] }> {
  const running = new Set<number>();
  const began: number[] = [];
  let most = 0;
  for (const { jobId, kind, subject, to, sweepId: of } of await eventsAfter(kiln.db, 0, 1_000_000)) {
    if (of !== sweepId || jobId === null || kind !== 'job' || subject !== 'status') continue;
    if (to === 'active' && !running.has(jobId)) {
      running.add(jobId);
      began.push(jobId);
    } else if (to !== 'active' && to !== 'blocked') running.delete(jobId);
    most = Math.max(most, running.size);
  }
  return { most, began };
}

test('children run in their order, no more at once than allowed, below their sweep, with their points; a single job goes before them', async () => {
  await kiln.connector('small', {
    'connector.yaml': 'description: Says n.\nrunsOn: unix\ncommand: echo "$n" >"$2/n"; cp "$1/values.json" "$2/"\n',
  });
  const id = await sweep('small', points(20), 3);
  const single = await kiln.submit('small', 'local');
  await kiln.worker({ concurrency: 1 });
  await kiln.ended(single);
  expect((await until(id, () => true)).counts.waiting).toBeGreaterThan(0);
  const { status, counts } = await ended(id);
  expect([status, counts.succeeded]).toEqual(['succeeded', 20]);
  const { most, began } = await story(id);
  expect(most).toBe(3);
  expect(began).toEqual([...began].sort((a, b) => a - b));
  const directories = (await readdir(join(kiln.home, 'outputs', 'swept', `sweep_small${id}`))).sort();
  expect(directories).toEqual(began.map((job) => `small${job}`).sort());
  expect(await kiln.output(`swept/sweep_small${id}/small${began[7]}/output/1/n`)).toBe('7\n');
  expect(JSON.parse(await kiln.output(`swept/sweep_small${id}/small${began[7]}/output/1/values.json`))).toEqual({ n: 7, run_counter: 1 });
});

test('children of several sweeps that begin and end at once do not wait for each other', async () => {
  await kiln.connector('tiny', { 'connector.yaml': 'description: Does nothing.\nrunsOn: unix\ncommand: "true"\n' });
  const deadlocks = async () => {
    await kiln.db.pool.query('select pg_stat_force_next_flush()');
    const { rows } = await kiln.db.pool.query('select deadlocks::int from pg_stat_database where datname = current_database()');
    return rows[0]?.deadlocks;
  };
  const before = await deadlocks();
  await kiln.worker({ concurrency: 8 });
  const ids = await Promise.all([4, 4, 4].map((atMost) => sweep('tiny', points(20), atMost)));
  for (const id of ids) expect((await ended(id)).counts.succeeded).toBe(20);
  expect(await deadlocks()).toBe(before);
});

test('a child that fails makes room for the next, and a retry of the sweep runs only what failed', async () => {
  const mark = join(kiln.home, 'mark');
  await kiln.connector('odd', {
    'connector.yaml': `description: Odd ones need a file.\nrunsOn: unix\ncommand: echo $n >>"${kiln.home}/runs"; [ $((n % 2)) = 0 ] || [ -e "${mark}" ]\n`,
  });
  const id = await sweep('odd', points(6), 2);
  expect(await ended(id)).toMatchObject({ status: 'failed', counts: { succeeded: 3, failed: 3 } });
  await writeFile(mark, '');
  expect(await requestRetryOfSweep(kiln.db, id)).toBe(3);
  expect(await ended(id)).toMatchObject({ status: 'succeeded', counts: { succeeded: 6 } });
  expect((await story(id)).most).toBe(2);
});

test('a sweep that is cancelled while it runs ends, and begins nothing more', async () => {
  await kiln.connector('endless', { 'connector.yaml': 'description: Never ends.\nrunsOn: unix\ncommand: sleep 1000\n' });
  const id = await sweep('endless', points(10), 2);
  await until(id, ({ counts }) => counts.active === 2);
  expect(await requestCancelOfSweep(kiln.db, id)).toBe(10);
  expect(await ended(id)).toMatchObject({ status: 'cancelled', counts: { cancelled: 10 } });
  expect((await story(id)).began).toHaveLength(2);
});
