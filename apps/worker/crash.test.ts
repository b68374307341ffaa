import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STAGES, TRANSITIONS } from '@kiln/domain';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { heldBy, hold, letGo, pointedWorker, saved, saves } from './testing/chaos/held.ts';
import { installation } from './testing/installation.ts';
import { processesOf } from './testing/processes.ts';
import { superviseWorker } from './testing/supervised-worker.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
beforeAll(async () => {
  kiln = await installation();
});
afterAll(() => kiln.close());

/** A connector whose worker is killed once, before or after the action of one stage and before that is saved. */
function killedIn(stage: string, point: 'before' | 'after'): string {
  return `import { existsSync, writeFileSync } from 'node:fs';
    import { defineConnector } from '@kiln/domain';
    const die = (mark: string) => {
      if (existsSync(mark)) return;
      writeFileSync(mark, '');
      process.kill(process.pid, 'SIGKILL');
    };
    export default defineConnector({
      description: 'Kills its worker ${point} the action of ${stage}.',
      runsOn: 'cloud',
      parameters: { mark: { default: '' }, effects: { default: '' } },
      sweep: { n: [1, 2, 3, 4] },
      stages: {
        ${stage}: {
          process: async (state, _world, base) => {
            const mark = String(state.job.parameters.mark);
            ${point === 'before' ? 'die(mark); return base();' : 'const result = await base(); die(mark); return result;'}
          },
        },
      },
    });`;
}

const CASES = STAGES.flatMap((stage) => (['before', 'after'] as const).map((point) => ({ stage, point })));

test('a worker that is killed in any stage loses nothing and runs nothing twice', { timeout: 240_000 }, async () => {
  await mkdir(join(kiln.home, 'effects'));
  const jobs = new Map<string, number>();
  for (const { stage, point } of CASES) {
    const name = `${stage}-${point}`;
    await kiln.connector(name, {
      'connector.ts': killedIn(stage, point),
      'bootstrap.sh': 'true\n',
      'process_payload/schedule.sh': 'true\n',
      'process_payload/main.sh': '#!/bin/sh\necho "$n" >>"$effects"\nsleep 0.2\necho "$n" >"$2/n"\n',
    });
    const parameters = { nodes: 2, minimum_nodes: 2, mark: join(kiln.home, `${name}.mark`), effects: join(kiln.home, 'effects', name) };
    jobs.set(name, await kiln.submit(name, 'local-cloud', parameters));
  }
  const workers = [superviseWorker(kiln.db.url, kiln.home), superviseWorker(kiln.db.url, kiln.home)];
  try {
    for (const [name, job] of jobs) {
      const { job: ended } = await kiln.ended(job);
      expect(ended, name).toMatchObject({ status: 'succeeded', ending: null });
      const effects = (await readFile(join(kiln.home, 'effects', name), 'utf8')).trim().split('\n').sort();
      expect(effects, name).toEqual(['1', '2', '3', '4']);
      expect(await kiln.output(`${name}${job}/output/4/n`)).toBe('4\n');
      await everyMoveIsKnownAndMadeOnce(job);
    }
    expect(workers.reduce((sum, worker) => sum + worker.deaths(), 0)).toBe(CASES.length);
  } finally {
    for (const worker of workers) await worker.stop();
  }
});

async function everyMoveIsKnownAndMadeOnce(job: number): Promise<void> {
  const events = await kiln.events(job);
  const moves = events.filter(({ kind, subject }) => kind === 'job' && subject === 'stage');
  for (const { from, to } of moves) expect(TRANSITIONS[from as (typeof STAGES)[number]]).toContain(to); // recorded by saveStep alone
  expect(moves.map(({ to }) => to)).toEqual(STAGES.slice(1));
  const ends = events.filter(({ kind, to }) => kind === 'task' && to === 'succeeded').map(({ subject }) => subject);
  expect(ends.sort()).toEqual(['1', '2', '3', '4']);
}

test('a job whose own stages end every worker fails with that for its reason, and others go on', { timeout: 180_000 }, async () => {
  const one = await installation();
  const dies = 'process: async () => process.kill(process.pid, "SIGKILL")';
  await one.connector('deadly', {
    'connector.ts': `import { defineConnector } from '@kiln/domain';
      export default defineConnector({
        description: 'Ends its worker.', runsOn: 'unix', command: 'true', stages: { execute: { ${dies} }, destroy: { ${dies} } },
      });`,
  });
  await one.connector('short', { 'connector.yaml': 'description: One.\nrunsOn: unix\ncommand: "true"\n' });
  const [deadly, other] = [await one.submit('deadly', 'local'), await one.submit('short', 'local')];
  const worker = superviseWorker(one.db.url, one.home);
  try {
    expect((await one.ended(deadly)).job).toMatchObject({
      status: 'failed',
      ending: { code: 'CONNECTOR_CODE', message: expect.stringContaining('8 workers in a row ended or stood still at the execute stage') },
    });
    expect((await one.ended(other)).job).toMatchObject({ status: 'succeeded', ending: null });
    expect(worker.deaths()).toBe(8);
    expect(await processesOf(join(one.home, `scratch/deadly${deadly}/`))).toEqual([]);
  } finally {
    await worker.stop();
    await one.close();
  }
});

test('two workers share 200 jobs, and no step and no task is done twice', { timeout: 240_000 }, async () => {
  const effects = join(kiln.home, 'shared-effects');
  await writeFile(effects, '');
  await kiln.connector('shared', {
    'connector.yaml': 'description: Appends a line.\nrunsOn: unix\nparameters: { effects: { default: "" } }\nsweep: { n: [1, 2] }\n',
    'process_payload/main.sh': '#!/bin/sh\necho "$KILN_JOB_DIRECTORY $n" >>"$effects"\n',
  });
  const jobs: number[] = [];
  for (let i = 0; i < 200; i += 1) jobs.push(await kiln.submit('shared', 'local', { effects }));
  await Promise.all([kiln.worker({ concurrency: 4 }), kiln.worker({ concurrency: 4 })]);
  for (const job of jobs) expect((await kiln.ended(job)).job.status).toBe('succeeded');
  const lines = (await readFile(effects, 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(400);
  expect(new Set(lines).size).toBe(400);
  for (const job of jobs) {
    const moves = (await kiln.events(job)).filter(({ kind, subject }) => kind === 'job' && subject === 'stage');
    expect(moves.map(({ to }) => to)).toEqual(STAGES.slice(1));
  }
  for (const job of jobs) expect(await processesOf(join(kiln.home, 'scratch', `shared${job}/`))).toEqual([]);
});

test('a message that was lost on its way to a worker that lives is given out again', async () => {
  const one = await installation();
  try {
    await one.connector('short', { 'connector.yaml': 'description: One.\nrunsOn: unix\ncommand: "true"\n' });
    // As when the connection breaks after the queue has noted who has the message, and before the worker hears of it.
    const job = await one.submit('short', 'local');
    const lock = (by: SQL, at: SQL) =>
      one.db.orm.execute(sql`update graphile_worker._private_jobs set locked_by = ${by}, locked_at = ${at} where key = ${`job:${job}`}`);
    await lock(sql`'somebody'`, sql`now() + interval '1 hour'`);
    await one.worker({ heartbeat: { period: 100, deadline: 500 } });
    await lock(sql`(select id from workers)`, sql`now() - interval '1 minute'`);
    expect((await one.ended(job)).job.status).toBe('succeeded');
  } finally {
    await one.close();
  }
});

/** Where the worker that believes that it still has the job stands still, for so long that another has taken it to its end. */
const HELD_AT = [
  'schedule:site.stageIn:after',
  'execute:site.launch:before',
  'execute:site.launch:after',
  'execute:save:before',
  'wait:save:before',
  'destroy:save:before',
];

test('a worker that was silent too long changes nothing and runs nothing when it wakes', { timeout: 120_000 }, async () => {
  const control = join(kiln.home, 'held');
  const effects = join(kiln.home, 'held-effects');
  await mkdir(control);
  await writeFile(effects, '');
  const one = await installation();
  await one.connector('held', {
    'connector.yaml': 'description: Appends a line.\nrunsOn: unix\nparameters: { effects: { default: "" } }\nsweep: { n: [1, 2] }\n',
    'process_payload/main.sh': '#!/bin/sh\necho "$KILN_JOB_DIRECTORY $n" >>"$effects"\n',
  });
  const held = [];
  for (const point of HELD_AT) held.push({ point, job: await one.submit('held', 'local', { effects }) });
  await hold(control, held);
  const first = await pointedWorker(one.db.url, one.home, control);
  try {
    const pid = (await heldBy(control, held.length))[0] ?? 0;
    expect(pid).toBe(first.pid());
    process.kill(pid, 'SIGSTOP');
    const other = await one.worker({ heartbeat: { period: 200, deadline: 1500 } });
    for (const { job } of held) expect((await one.ended(job)).job.status).toBe('succeeded');
    const before = await Promise.all(held.map(({ job }) => one.events(job)));
    const revisions = await Promise.all(held.map(async ({ job }) => (await one.ended(job)).job.revision));
    const said = (await saves(control)).length;
    await letGo(control, held.length);
    process.kill(pid, 'SIGCONT');
    for (const { job, point } of held) {
      expect(await saved(control, said, pid, job, point.split(':')[0] ?? ''), point).toBe(false);
    }
    expect(await Promise.all(held.map(({ job }) => one.events(job)))).toEqual(before);
    expect(await Promise.all(held.map(async ({ job }) => (await one.ended(job)).job.revision))).toEqual(revisions);
    const lines = (await readFile(effects, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(2 * held.length);
    expect(new Set(lines).size).toBe(lines.length);
    await other.close();
  } finally {
    await first.stop();
    await one.close();
  }
});

test('a clock that jumps by a day to and fro loses no job and no task', { timeout: 120_000 }, async () => {
  const one = await installation();
  const shift = join(one.home, 'shift');
  const control = join(one.home, 'control');
  const effects = join(one.home, 'effects');
  await mkdir(control);
  await writeFile(shift, '0');
  await writeFile(effects, '');
  await one.connector('flaky', {
    'connector.yaml':
      'description: Fails at first.\nrunsOn: unix\nreliability: true\nparameters: { effects: { default: "" } }\nsweep: { n: [1, 2, 3, 4] }\n',
    'process_payload/main.sh':
      '#!/bin/sh\necho "$KILN_TASK $KILN_ATTEMPT" >>"$effects"\nsleep 1\n[ "$KILN_ATTEMPT" -gt 1 ] || [ "$n" -lt 3 ]\n',
  });
  await one.connector('plain', { 'connector.yaml': 'description: Nothing.\nrunsOn: unix\ncommand: "sleep 1"\nsweep: { n: [1, 2] }\n' });
  const worker = await pointedWorker(one.db.url, one.home, control, shift);
  try {
    const retries = { effects, reschedule_failed_tasks: true, maximum_retries: 3, retry_delay: 1 };
    const jobs: number[] = [];
    await mkdir(join(one.home, 'outputs'), { recursive: true });
    await mkdir(join(one.home, 'scratch'), { recursive: true });
    for (const days of [0, 1, -1, 0, 1, 0]) {
      await writeFile(shift, String(days * 24 * 60 * 60 * 1000));
      jobs.push(await one.submit('flaky', 'local', retries), await one.submit('plain', 'local'));
      await new Promise((resolve) => setTimeout(resolve, 1500)); // jobs are in all stages when the clock jumps
    }
    for (const job of jobs) expect((await one.ended(job)).job).toMatchObject({ status: 'succeeded', ending: null });
    const lines = (await readFile(effects, 'utf8')).trim().split('\n').sort();
    expect(lines).toEqual(['1 1', '2 1', '3 1', '3 2', '4 1', '4 2'].flatMap((line) => Array(6).fill(line)));
  } finally {
    await worker.stop();
    await one.close();
  }
});
