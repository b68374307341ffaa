import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listAttempts, retryCosts } from '@kiln/db/attempts';
import { loadTask, loadTasks } from '@kiln/db/load-state';
import { TASK_STATES } from '@kiln/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';
import { processesOf } from './testing/processes.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
beforeAll(async () => {
  kiln = await installation();
  await kiln.worker();
});
afterAll(() => kiln.close());

const RETRIES = { reschedule_failed_tasks: true, maximum_retries: 2, retry_delay: 0 };

test('200 tasks of which 30 % fail, on three machines of which one dies half-way, are all done, and the numbers add up', async () => {
  const runs = join(kiln.home, 'runs');
  await kiln.connector('flaky', {
    'connector.yaml': `description: Three attempts in ten fail.\nrunsOn: cloud\nsweep: { n: [${numbers(200)}] }\n`,
    'process_payload/main.sh': `#!/bin/sh\necho "$n $KILN_ATTEMPT $KILN_NODE" >>"${runs}"
      sleep 0.05\n[ $(((n * 7919 + KILN_ATTEMPT * 104729) % 10)) -ge 3 ] || exit 1\necho "$n" >"$2/n"\n`,
  });
  const parameters = { ...RETRIES, maximum_retries: 8, nodes: 3, minimum_nodes: 3 };
  const job = await kiln.submit('flaky', 'local-cloud', parameters);
  const half = await kiln.until(job, ({ counts }) => counts.succeeded + counts.failed >= 60);
  const victim = half.nodes[1]?.name ?? '';
  const root = join(kiln.home, 'machines', victim);
  for (const pid of await processesOf(root)) process.kill(Number(pid), 'SIGKILL');
  await rm(root, { recursive: true, force: true, maxRetries: 20 });

  const { job: ended, counts, nodes } = await kiln.ended(job);
  expect({ status: ended.status, ending: ended.ending }).toEqual({ status: 'succeeded', ending: null });
  expect(counts).toMatchObject({ succeeded: 200, failed: 0, uncollected: 0 });
  expect(await readdir(join(kiln.home, `outputs/flaky${job}/output`))).toHaveLength(200);
  expect((await kiln.events(job)).filter(({ kind, to }) => kind === 'node' && to === 'lost').map(({ subject }) => subject)).toEqual([
    victim,
  ]);

  const tasks = await loadTasks(kiln.db, job, { iteration: 0, states: TASK_STATES });
  expect(tasks.map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  expect(tasks.every(({ node }) => nodes.some(({ name }) => name === node))).toBe(true);
  const earlier = await listAttempts(
    kiln.db,
    tasks.map(({ number }) => ({ jobId: job, number })),
  );
  for (const [i, task] of tasks.entries()) expect(earlier[i]?.map(({ attempt }) => attempt)).toEqual(numbers(task.attempt - 1));
  const failures = earlier.flat().map(({ failure }) => failure?.code);
  expect(new Set(failures)).toContain('EXIT');
  expect(failures.filter((code) => code !== 'EXIT' && code !== 'NODE_FAILED')).toEqual([]);
  const [cost] = await retryCosts(kiln.db, [job]);
  expect(cost).toMatchObject({ attempts: failures.length, tasks: tasks.filter(({ attempt }) => attempt > 1).length });

  // On the machines that lived, each attempt ran once; what the dead one began and nobody heard of may have been repeated.
  const lines = (await readFile(runs, 'utf8')).trim().split('\n');
  const alive = lines.filter((line) => !line.endsWith(victim));
  expect(new Set(alive).size).toBe(alive.length);
});

test('a task that fails beyond recovery fails the job after its retries, and each attempt has its logs', async () => {
  await kiln.connector('hopeless', {
    'connector.yaml': 'description: Task 2 fails.\nrunsOn: unix\nsweep: { n: [1, 2, 3] }\n',
    'process_payload/main.sh':
      '#!/bin/sh\necho "attempt $KILN_ATTEMPT" >&2\ntouch "$2/left-by-$KILN_ATTEMPT"\n[ -z "$(ls "$2" | grep -v "left-by-$KILN_ATTEMPT")" ] || exit 9\n[ $n != 2 ] || exit 3\n',
  });
  const job = await kiln.submit('hopeless', 'local', RETRIES);
  const { job: ended, counts } = await kiln.ended(job);
  expect(ended.ending).toMatchObject({ code: 'TASKS_FAILED', message: expect.stringContaining('1 of 3 tasks failed') });
  expect(counts).toMatchObject({ succeeded: 2, failed: 1 });
  expect(await loadTask(kiln.db, job, 2)).toMatchObject({ attempt: 3, retries: 2, exitCode: 3, collected: true });
  expect(await readdir(join(kiln.home, `outputs/hopeless${job}/output_0/2`))).toEqual(['left-by-3']);
  expect(await kiln.output(`hopeless${job}/logs/2.err`)).toBe('attempt 1\n');
  expect(await kiln.output(`hopeless${job}/logs/2.3.err`)).toBe('attempt 3\n');
  const moves = (await kiln.events(job)).filter(({ kind, subject }) => kind === 'task' && subject === '2').map(({ to }) => to);
  const attempt = ['waiting', 'scheduled', 'running', 'failed'];
  expect(moves).toEqual([...attempt, ...attempt, ...attempt]);
});

test('only the codes that were named are retried', async () => {
  await kiln.connector('two-ways', {
    'connector.yaml': 'description: Ends badly in two ways.\nrunsOn: unix\nsweep: { how: [exit, signal] }\n',
    'process_payload/main.sh': '#!/bin/sh\n[ "$how" = exit ] && exit 3\nkill -s SEGV $$\n',
  });
  const job = await kiln.submit('two-ways', 'local', { ...RETRIES, retry_codes: 'signal' });
  await kiln.ended(job);
  expect(await loadTask(kiln.db, job, 1)).toMatchObject({ attempt: 1, failure: { code: 'EXIT' } });
  expect(await loadTask(kiln.db, job, 2)).toMatchObject({ attempt: 3, failure: { code: 'SIGNAL' } });
});

test.each([
  ['1', 'succeeded'],
  ['34%', 'succeeded'],
  ['33%', 'failed'],
])('with %s failures allowed, a job of which one task in three fails has %s', async (most, status) => {
  await kiln.connector('third', {
    'connector.yaml': 'description: Task 2 fails.\nrunsOn: unix\nsweep: { n: [1, 2, 3] }\n',
    'process_payload/main.sh': '#!/bin/sh\necho $n >"$2/n"\n[ $n != 2 ]\n',
  });
  const job = await kiln.submit('third', 'local', { max_failures: most });
  const { job: ended } = await kiln.ended(job);
  expect(ended.status).toBe(most === '33%' ? 'failed' : status);
  expect(await kiln.output(`third${job}/output_0/2/n`)).toBe('2\n');
  if (status === 'succeeded') expect(await kiln.output(`third${job}/output/3/n`)).toBe('3\n');
});

test('a task beyond its time limit is ended and gets more time on the retry', async () => {
  await kiln.connector('slow', {
    'connector.yaml': 'description: Takes 4 s.\nrunsOn: unix\n',
    'process_payload/main.sh': '#!/bin/sh\ntrap "" TERM\nsleep 4 & wait\nsleep 0.1\necho done >"$2/word"\n',
  });
  const job = await kiln.submit('slow', 'local', { ...RETRIES, task_time_limit: '1s', retry_growth: 10 });
  expect((await kiln.ended(job)).job.status).toBe('succeeded');
  expect(await loadTask(kiln.db, job, 1)).toMatchObject({ attempt: 2, boost: { memory: 1, time: 10 } });
  expect((await listAttempts(kiln.db, [{ jobId: job, number: 1 }]))[0]).toMatchObject([{ failure: { code: 'TIME_LIMIT' } }]);
});

test.each([
  ['job_time_limit', 'The job took longer'],
  ['stage_time_limit', 'The wait stage took longer'],
])('a job beyond its %s ends, with all that it started', async (limit, message) => {
  await kiln.connector('endless', {
    'connector.yaml': 'description: Never ends.\nrunsOn: unix\n',
    'process_payload/main.sh': '#!/bin/sh\necho begun >"$2/word"\nexec sleep 1000\n',
  });
  const job = await kiln.submit('endless', 'local', { [limit]: '10s' });
  const { job: ended } = await kiln.ended(job);
  expect(ended.ending).toMatchObject({ status: 'failed', code: 'TIME_LIMIT', message: expect.stringContaining(message) });
  expect(await processesOf(join(kiln.home, 'scratch', `endless${job}`))).toEqual([]);
  expect(await kiln.output(`endless${job}/output_0/1/word`)).toBe('begun\n');
});

test('a machine on which bootstrap.sh fails is dropped while the fewest machines are left', async () => {
  await kiln.connector('picky', {
    'connector.yaml': 'description: Does not like the second machine.\nrunsOn: cloud\nsweep: { n: [1, 2, 3, 4] }\n',
    'bootstrap.sh': 'case $PWD in *-2/*) echo "no room here" >&2; exit 1 ;; esac\n',
    'process_payload/main.sh': '#!/bin/sh\necho $KILN_NODE >"$2/node"\n',
  });
  const job = await kiln.submit('picky', 'local-cloud', { nodes: 3, minimum_nodes: 2 });
  const { job: ended } = await kiln.ended(job);
  expect({ status: ended.status, ending: ended.ending }).toEqual({ status: 'succeeded', ending: null });
  const lost = (await kiln.events(job)).filter(({ kind, to }) => kind === 'node' && to === 'lost');
  expect(lost).toMatchObject([{ subject: `picky${job}-2`, message: expect.stringContaining('no room here') }]);
  const tasks = await loadTasks(kiln.db, job, { iteration: 0, states: TASK_STATES });
  expect([...new Set(tasks.map(({ node }) => node))].sort()).toEqual([`picky${job}-1`, `picky${job}-3`]);

  const another = await kiln.submit('picky', 'local-cloud', { nodes: 3, minimum_nodes: 3 });
  expect((await kiln.ended(another)).job.ending).toMatchObject({
    code: 'BOOTSTRAP_FAILED',
    message: expect.stringContaining('no room here'),
  });
});

test('a job whose directory was removed ends with that for its reason', async () => {
  await kiln.connector('swept', {
    'connector.yaml': 'description: Waits.\nrunsOn: unix\n',
    'process_payload/main.sh': '#!/bin/sh\nexec sleep 1000\n',
  });
  const job = await kiln.submit('swept', 'local');
  await kiln.until(job, ({ counts }) => counts.running === 1);
  await rm(join(kiln.home, 'scratch', `swept${job}`), { recursive: true, force: true, maxRetries: 20 });
  const { job: ended, counts } = await kiln.ended(job);
  expect(ended.ending).toMatchObject({ code: expect.stringMatching(/NODE_LOST|TASKS_FAILED/), status: 'failed' });
  expect(counts).toMatchObject({ failed: 1 });
  expect(await loadTask(kiln.db, job, 1)).toMatchObject({ failure: { code: 'NODE_FAILED', message: expect.stringContaining('is gone') } });
});

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
