import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listAttempts } from '@kiln/db/attempts';
import { loadTasks } from '@kiln/db/load-state';
import { type Machine, type Site, TASK_STATES } from '@kiln/domain';
import { localShell } from '@kiln/platforms/shells/local';
import { createPool } from '@kiln/platforms/shells/pool';
import { createSite } from '@kiln/platforms/site';
import { targetOf } from '@kiln/platforms/testing/remote';
import { machine, machinesMissing, type TestMachine } from '@kiln/testing/bed';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAdmission } from './admission.ts';
import { advance } from './advance.ts';
import { createDirecting } from './direct.ts';
import { openKeyring } from './keyring.ts';
import { createPlaces, type Places } from './places.ts';
import { installation } from './testing/installation.ts';
import { createVersions } from './versions.ts';

const NAMES = ['one', 'two', 'three'];

describe.skipIf(machinesMissing)('a job on three machines in the network', () => {
  let kiln: Awaited<ReturnType<typeof installation>>;
  let hosts: TestMachine[];
  let places: Places;
  const pool = createPool();

  /** What machines made for a job are to it: here they are simply there. */
  async function threeMachines(): Promise<(signal: AbortSignal) => Site> {
    const targets = new Map(await Promise.all(hosts.map(async ({ env }, i) => [NAMES[i] ?? '', await targetOf(env)] as const)));
    const machines: Machine[] = NAMES.map((name) => ({ name, address: name, root: '/home/kiln-test/kiln', slots: 2 }));
    const all = {
      list: async () => machines,
      create: async () => ({ machines, coming: 0, late: 0, delayed: 0, reasons: [] }),
      giveBack: async () => {},
      destroy: async () => {},
    };
    return (signal) =>
      createSite(all, ({ name }) => {
        const target = targets.get(name);
        if (!target) throw new Error(`There is no machine ${name}.`);
        return pool.shell(target, signal);
      });
  }

  beforeAll(async () => {
    [kiln, ...hosts] = await Promise.all([installation(), ...NAMES.map((name) => machine(name))]);
    const own = createPlaces({ db: kiln.db, home: kiln.home, environment: process.env, keyring: await openKeyring(kiln.db, kiln.home) });
    const site = await threeMachines();
    places = { ...own, site: (_platform, signal) => site(signal), close: () => pool.close() };
    await kiln.db.orm.execute(
      sql`update platforms set settings = jsonb_set(settings, '{limits,lostAfter}', '6') where name = 'local-cloud'`,
    );
  });
  afterAll(async () => {
    places.close();
    await kiln.close();
    await Promise.all(hosts.map((host) => host.down()));
  });

  /** Steps the job as a worker does, but for its queue. */
  async function run(job: number): Promise<void> {
    const versions = createVersions(kiln.db, join(kiln.home, 'cache'), localShell(process.env));
    const hints = { expect: () => {}, drop: () => {}, jobs: () => [], close: () => {} };
    const directing = createDirecting(kiln.db, { installation: 'test' });
    const advancing = { db: kiln.db, places, admission: createAdmission(kiln.db), versions, hints, directing, environment: process.env };
    let ended = false;
    const end = kiln.ended(job).then(() => {
      ended = true;
    });
    while (!ended) {
      await advance(advancing, job, new AbortController().signal);
      await sleep(100);
    }
    await end;
  }

  test('goes on without the one that dies, and its tasks keep their numbers', { timeout: 180_000 }, async () => {
    await kiln.connector('spread', {
      'connector.yaml': `description: Takes a second.\nrunsOn: cloud\nsweep: { n: [${Array.from({ length: 24 }, (_, i) => i + 1)}] }\n`,
      'process_payload/main.sh': '#!/bin/sh\necho "$KILN_NODE" >"$2/node"\nsleep 1\necho "$n" >"$2/n"\n',
    });
    const retries = { reschedule_failed_tasks: true, maximum_retries: 2, retry_delay: 0 };
    const job = await kiln.submit('spread', 'local-cloud', { ...retries, nodes: 3, minimum_nodes: 3 });
    const running = run(job);
    await kiln.until(job, ({ counts }) => counts.succeeded >= 3);
    await hosts[1]?.kill();
    await running;

    const { job: ended, counts } = await kiln.ended(job);
    expect({ status: ended.status, ending: ended.ending }).toEqual({ status: 'succeeded', ending: null });
    expect(counts).toMatchObject({ succeeded: 24, failed: 0, uncollected: 0 });
    const events = await kiln.events(job);
    expect(events.find(({ kind, to }) => kind === 'node' && to === 'lost')).toMatchObject({
      subject: 'two',
      message: expect.stringContaining('could not be reached'),
    });
    expect(events.find(({ kind, message }) => kind === 'note' && message?.includes('could not be removed'))?.message).toContain('two');
    const tasks = await loadTasks(kiln.db, job, { iteration: 0, states: TASK_STATES });
    for (const { number, node } of tasks) {
      expect(await kiln.output(`spread${job}/output/${number}/n`)).toBe(`${number}\n`);
      expect(await kiln.output(`spread${job}/output/${number}/node`)).toBe(`${node}\n`);
    }
    const attempts = (
      await listAttempts(
        kiln.db,
        tasks.map(({ number }) => ({ jobId: job, number })),
      )
    ).flat();
    expect(attempts.length).toBeGreaterThan(0);
    expect(attempts.map(({ node, failure }) => [node, failure?.code])).toEqual(attempts.map(() => ['two', 'NODE_FAILED']));
    for (const host of [hosts[0], hosts[2]]) expect((await host?.exec('sh', '-c', 'ls /home/kiln-test/kiln'))?.trim()).toBe('');
  });
});
