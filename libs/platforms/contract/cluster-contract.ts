import { join } from 'node:path';
import type { Batch, JournalEntry, Look, Machine, Platform, Resources, Site } from '@kiln/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cluster } from '../schedulers/cluster.ts';
import { namePrefix } from '../schedulers/submission.ts';
import { archiveOf } from './archive.ts';

export interface ClusterUnderTest {
  readonly site: Site;
  readonly cluster: Cluster;
  readonly platform: Platform;
  /** Runs a line of shell on the login node, as the user whose login it is. */
  sh(line: string): Promise<string>;
  close(): Promise<void>;
}

/** What there is at the site for things to go wrong with. */
export interface Wrongs {
  /** A queue whose elements are ended after a minute. */
  readonly shortQueue: string;
  /** Holds and releases a job in the queue. */
  readonly hold: (job: string) => string;
  readonly release: (job: string) => string;
  /** Cancels a job, not through Kiln. */
  readonly cancel: (job: string) => string;
  /** What becomes of a running task whose job somebody cancels. */
  readonly cancelled: string;
}

const JOB = { id: 7, connector: 'array' };
const BATCH: Omit<Batch, 'tasks'> = { name: 'execute-0-0', script: 'main.sh', iteration: 0, slots: 4, timeLimit: null };

/** Of this process alone: other tests use the same clusters. */
const LONG = `sleep ${600_000 + process.pid}`;

/** What every batch scheduler must do with the tasks of a job. */
export function clusterContract(name: string, wrongs: Wrongs, open: () => Promise<ClusterUnderTest>): void {
  describe(name, () => {
    let under: ClusterUnderTest;
    let node: Machine;
    beforeEach(async () => {
      under = await open();
      const {
        machines: [first],
      } = await under.site.create(JOB, 1, async () => {}, []);
      if (!first) throw new Error('no machine was made');
      node = first;
    });
    afterEach(async () => {
      await under.site.stop(JOB, node);
      await under.close();
    });

    const effects = async () =>
      (await under.sh(`cat "${node.root}/effects" 2>/dev/null || true`)).trim().split('\n').filter(Boolean).sort();
    const batch = (tasks: number, more: Partial<Batch> = {}): Batch => ({ ...BATCH, tasks: range(tasks), ...more });

    async function start(main: string, wanted: Batch, round = 0): Promise<void> {
      const files = { 'process_payload/main.sh': `#!/bin/sh\necho "$KILN_TASK" >>"${node.root}/effects"\n${main}\n` };
      await under.site.prepare(JOB, node, { archive: () => archiveOf(files), size: async () => 0, copied: false, parameters: {}, round });
      await under.site.stageIn(
        JOB,
        node,
        wanted.tasks.map((number) => ({ number, iteration: 0, values: {}, input: null, attempt: 1 })),
        {},
        wanted.name,
      );
      await under.site.launch(JOB, node, wanted);
    }

    /** Looks as a worker does, which launches again what is dead. */
    async function until(wanted: Batch, enough: (all: readonly JournalEntry[], look: Look) => boolean): Promise<readonly JournalEntry[]> {
      const entries: JournalEntry[] = [];
      for (let offset = 0; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
        const look = await under.site.look(JOB, node, wanted.name, offset);
        entries.push(...look.entries);
        offset = look.offset;
        if (look.runner === 'dead') await under.site.launch(JOB, node, wanted);
        if (enough(entries, look)) return entries;
      }
    }
    const ended = (wanted: Batch) => until(wanted, (_all, { runner }) => runner === 'ended');
    /** The job's array as the scheduler names it. */
    const inQueue = async () =>
      (await under.cluster.queue({ fresh: true })).entries.find(({ name }) => name?.startsWith(namePrefix(join(node.root, 'array7'))))
        ?.job ?? '';
    const endOf = (entries: readonly JournalEntry[], task: number) => {
      const last = entries.findLast((entry) => entry.task === task);
      return last?.kind === 'exited' ? last.code : last?.kind === 'lost' ? last.why : last?.kind;
    };

    test('several tasks share an element, and one that fails fails alone', async () => {
      const wanted = batch(30);
      await start('[ "$KILN_TASK" != 7 ] || exit 3', wanted);
      const entries = await ended(wanted);
      expect(range(30).map((task) => endOf(entries, task))).toEqual(range(30).map((task) => (task === 7 ? 3 : 0)));
      expect(await effects()).toEqual(range(30).map(String).sort());
      expect((await under.sh(`cd "${node.root}/array7/.kiln/batches/${BATCH.name}" && ls -d 1.*`)).trim().split('\n')).toHaveLength(4);
    });

    test('a submission whose answer was lost is adopted, while it waits and when it is over', async () => {
      const wanted = batch(6);
      await start('sleep 3', wanted);
      const marks = `"${node.root}/array7/.kiln/batches/${BATCH.name}/1"`;
      await under.sh(`rm ${marks}/id`);
      await under.site.launch(JOB, node, wanted);
      await ended(wanted);
      await under.sh(`rm ${marks}/id`);
      await under.site.launch(JOB, node, wanted);
      expect(await effects()).toEqual(range(6).map(String));
      expect((await under.sh(`cat ${marks}/id`)).trim()).not.toBe('');
    });

    test('a batch that is launched many times at once is submitted once', async () => {
      const wanted = batch(8);
      await start('sleep 1', wanted);
      await Promise.allSettled(Array.from({ length: 6 }, () => under.site.launch(JOB, node, wanted)));
      await ended(wanted);
      expect(await effects()).toEqual(range(8).map(String));
    });

    test('what is stopped is gone from the queue and from the machines', async () => {
      const wanted = batch(40, { tasksPerElement: 1 });
      await start(LONG, wanted);
      await until(wanted, (all) => all.length >= 2);
      await under.site.stop(JOB, node);
      expect(await inQueue()).toBe('');
      await expect.poll(() => under.sh(`ps -A -o args | grep -c "[s]${LONG.slice(1)}" || true`), { timeout: 20_000 }).toBe('0\n');
      expect((await effects()).length).toBeLessThan(40);
    });

    test('what an earlier round has in the queue and on the machines is gone before the next one is set up', {
      timeout: 120_000,
    }, async () => {
      await start(LONG, batch(40, { tasksPerElement: 1 }));
      await until(batch(40), (all) => all.length >= 2);
      const wanted = batch(2, { name: 'execute-0-1', tasksPerElement: 1 });
      await start('until [ -e "$2/../../gate" ]; do sleep 0.2; done', wanted, 1);
      await until(wanted, (all) => all.length > 0);
      const ofFirst = async () => (await effects()).filter((task) => Number(task) > 2).length;
      const begun = await ofFirst();
      expect(await under.sh(`ps -A -o args | grep -c "[s]${LONG.slice(1)}" || true`)).toBe('0\n');
      expect(await under.sh(`ls "${node.root}/array7/.kiln/batches"`)).toBe('execute-0-1\n');

      const again = { archive: () => archiveOf({}), size: async () => 0, copied: false, parameters: {}, round: 1 };
      await under.site.prepare(JOB, node, again);
      await under.sh(`touch "${node.root}/array7/gate"`);
      const entries = await ended(wanted);
      expect([1, 2].map((task) => endOf(entries, task))).toEqual([0, 0]);
      expect(await ofFirst()).toBe(begun);
    });

    test('the time limit of an element ends the task that runs into it; tasks that had not begun run', { timeout: 300_000 }, async () => {
      const resources: Resources = { queue: wrongs.shortQueue };
      const wanted = batch(3, { tasksPerElement: 3, resources });
      await start('[ "$KILN_TASK" != 2 ] || sleep 600', wanted);
      const entries = await ended(wanted);
      expect([1, 2, 3].map((task) => endOf(entries, task))).toEqual([0, 'TIME_LIMIT', 0]);
      expect(await effects()).toEqual(['1', '2', '3']);
    });

    test('a task that takes longer than it may is ended by the runner; the others of its element run', { timeout: 120_000 }, async () => {
      const wanted = batch(3, { tasksPerElement: 3, timeLimit: 2 });
      await start(`[ "$KILN_TASK" != 2 ] || ${LONG}`, wanted);
      const entries = await ended(wanted);
      expect([1, 2, 3].map((task) => endOf(entries, task))).toEqual([0, 'TIME_LIMIT', 0]);
      expect(await under.sh(`ps -A -o args | grep -c "[s]${LONG.slice(1)}" || true`)).toBe('0\n');
    });

    test('a job whose directory was removed is gone', async () => {
      const wanted = batch(2);
      await start(':', wanted);
      await ended(wanted);
      await under.sh(`rm -rf "${node.root}/array7"`);
      expect((await under.site.look(JOB, node, wanted.name, 0)).runner).toBe('gone');
    });

    test('a job that somebody holds says so, and goes on when it is released', async () => {
      const filler = batch(1, { name: 'execute-0-9' });
      await start('sleep 2', filler);
      const wanted = batch(40, { tasksPerElement: 1 });
      await under.site.stageIn(
        JOB,
        node,
        wanted.tasks.map((number) => ({ number, iteration: 0, values: {}, input: null, attempt: 1 })),
        {},
        wanted.name,
      );
      await under.site.launch(JOB, node, wanted);
      const name = (await under.sh(`cat "${node.root}/array7/.kiln/batches/${BATCH.name}/1/name"`)).trim();
      const job = (await under.cluster.queue({ fresh: true })).entries.find((entry) => entry.name === name)?.job ?? '';
      await under.sh(wrongs.hold(job));
      await until(wanted, (_all, { note }) => note?.includes('held') === true);
      await under.sh(wrongs.release(job));
      const entries = await ended(wanted);
      expect(entries.filter(({ kind }) => kind === 'exited')).toHaveLength(40);
    });

    test('a job that somebody else cancels fails its tasks with that for the reason', { timeout: 120_000 }, async () => {
      const wanted = batch(2, { tasksPerElement: 2 });
      await start(LONG, wanted);
      await until(wanted, (all) => all.length > 0);
      await under.sh(wrongs.cancel(await inQueue()));
      const entries = await until(wanted, (all) => endOf(all, 1) !== 'started');
      expect(endOf(entries, 1)).toBe(wrongs.cancelled);
    });

    test('what the scheduler does not take is refused in its own words', async () => {
      const wanted = batch(1, { resources: { queue: 'no-such-queue' } });
      await expect(start(':', wanted)).rejects.toMatchObject({ code: 'SCHEDULER_REFUSED', retryable: false });
    });
  });
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
