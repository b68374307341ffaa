import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTask } from '@kiln/db/load-state';
import { requestCancel, requestRetry } from '@kiln/db/submit';
import { STAGES } from '@kiln/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';
import { processesOf } from './testing/processes.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
beforeAll(async () => {
  kiln = await installation();
  await kiln.worker();
});
afterAll(() => kiln.close());

test('a job walks through all nine stages and leaves its outputs, and nothing else, behind', async () => {
  await kiln.connector('pair', {
    'connector.yaml': 'description: Two words a task.\nrunsOn: cloud\nsweep: { var: [1, 2] }\n',
    'process_payload/main.sh': '#!/bin/sh\necho "var is $var"\necho "task $KILN_TASK: $var" >"$2/word"\ncp "$1/values.json" "$2/"\n',
  });
  const job = await kiln.submit('pair', 'local-cloud', { nodes: 2, minimum_nodes: 2 });
  const { job: ended, nodes, counts } = await kiln.ended(job);
  expect(ended).toMatchObject({ status: 'succeeded', stage: 'destroy', ending: null });
  expect(counts).toMatchObject({ succeeded: 2, failed: 0 });
  expect(nodes.map(({ state }) => state)).toEqual(['destroyed', 'destroyed']);
  const stages = (await kiln.events(job)).filter(({ kind, subject }) => kind === 'job' && subject === 'stage').map(({ to }) => to);
  expect(stages).toEqual(STAGES.slice(1));
  expect(await kiln.output(`pair${job}/output/1/word`)).toBe('task 1: 1\n');
  expect(await kiln.output(`pair${job}/output_0/2/word`)).toBe('task 2: 2\n');
  expect(JSON.parse(await kiln.output(`pair${job}/output/2/values.json`))).toEqual({ var: 2, run_counter: 2 });
  expect(await kiln.output(`pair${job}/logs/2.out`)).toBe('var is 2\n');
  expect(await readdir(join(kiln.home, 'machines'))).toEqual([]);
});

test('a task that exits with another code than 0 fails the job, and the results of the others are kept', async () => {
  await kiln.connector('some-fail', {
    'connector.yaml': 'description: Task 2 fails.\nrunsOn: unix\nsweep: { n: [1, 2, 3] }\n',
    'process_payload/main.sh': '#!/bin/sh\necho "oops $n" >&2\necho $n >"$2/n"\n[ $n != 2 ] || exit 3\n',
  });
  const job = await kiln.submit('some-fail', 'local');
  const { job: ended, counts } = await kiln.ended(job);
  expect(ended.ending).toMatchObject({ status: 'failed', code: 'TASKS_FAILED', message: expect.stringContaining('1 of 3 tasks failed') });
  expect(counts).toMatchObject({ succeeded: 2, failed: 1, uncollected: 0 });
  expect(await loadTask(kiln.db, job, 2)).toMatchObject({ state: 'failed', exitCode: 3, failure: { code: 'EXIT' }, collected: true });
  expect(await kiln.output(`some-fail${job}/output_0/3/n`)).toBe('3\n');
  expect(await kiln.output(`some-fail${job}/logs/2.err`)).toBe('oops 2\n');
});

test('a retry runs only what did not succeed, and the job succeeds when that does', async () => {
  const mark = join(kiln.home, 'mark');
  await kiln.connector('mended', {
    'connector.yaml': 'description: Task 2 needs a file.\nrunsOn: unix\nsweep: { n: [1, 2] }\nparameters: { mark: { default: "" } }\n',
    'process_payload/main.sh': `#!/bin/sh\necho run >>"${kiln.home}/runs-$n"\n[ $n = 1 ] || [ -e "$mark" ]\n`,
  });
  const job = await kiln.submit('mended', 'local', { mark });
  expect((await kiln.ended(job)).job.status).toBe('failed');
  await writeFile(mark, '');
  await requestRetry(kiln.db, job);
  expect((await kiln.ended(job)).job).toMatchObject({ status: 'succeeded', round: 1 });
  expect(await readFile(join(kiln.home, 'runs-1'), 'utf8')).toBe('run\n');
  expect(await readFile(join(kiln.home, 'runs-2'), 'utf8')).toBe('run\nrun\n');
  expect(await loadTask(kiln.db, job, 2)).toMatchObject({ attempt: 2, failure: null });
});

test('cancel ends every process of the job, also those that left their process group', async () => {
  await kiln.connector('endless', {
    'connector.yaml': 'description: Never ends.\nrunsOn: unix\nsweep: { n: [1, 2, 3] }\n',
    'process_payload/main.sh': '#!/bin/sh\ntrap "" TERM\nsetsid sleep 1000 &\necho begun\nsleep 1000 & wait\nsleep 1000\n',
  });
  const job = await kiln.submit('endless', 'local');
  await kiln.until(job, ({ counts }) => counts.running === 2);
  expect(await requestCancel(kiln.db, job)).toBe(true);
  const { job: ended, counts } = await kiln.ended(job);
  expect(ended).toMatchObject({ status: 'cancelled', ending: { code: 'CANCELLED' } });
  expect(counts).toMatchObject({ cancelled: 3 });
  expect(await processesOf(`${join(kiln.home, 'scratch', `endless${job}`)}/`)).toEqual([]);
  expect(await readdir(join(kiln.home, 'scratch'))).toEqual([]);
  expect(await kiln.output(`endless${job}/logs/1.out`)).toBe('begun\n');
});

test('a job that is cancelled before it has begun ends at once', async () => {
  await kiln.connector('hasty', { 'connector.yaml': 'description: Nothing.\nrunsOn: unix\ncommand: "true"\n' });
  const jobs = await Promise.all(Array.from({ length: 5 }, () => kiln.submit('hasty', 'local')));
  for (const job of jobs) await requestCancel(kiln.db, job);
  for (const job of jobs) expect((await kiln.ended(job)).job.status).toMatch(/cancelled|succeeded/);
});

test('bootstrap.sh and schedule.sh run before main.sh, each task in its own copy of process_payload', async () => {
  await kiln.connector('full', {
    'connector.yaml': 'description: The full layout.\nrunsOn: cloud\nsweep: { n: [1, 2, 3] }\n',
    'bootstrap.sh': '#!/bin/sh\necho ready >tool\n',
    'process_payload/schedule.sh': 'echo "$n" >config\ncat data >>config\n',
    'process_payload/main.sh': 'cat ../../payload/tool config >"$2/all"\n',
    'process_payload/data': 'data\n',
  });
  const job = await kiln.submit('full', 'local-cloud', { nodes: 2, minimum_nodes: 1 });
  expect((await kiln.ended(job)).job.status).toBe('succeeded');
  expect(await kiln.output(`full${job}/output/3/all`)).toBe('ready\n3\ndata\n');
});

test.each([
  ['bootstrap.sh', 'BOOTSTRAP_FAILED'],
  ['process_payload/schedule.sh', 'SCHEDULE_FAILED'],
])('a %s that fails fails the job with its last words', async (script, code) => {
  const name = code.toLowerCase().replace('_', '-');
  await kiln.connector(name, {
    'connector.yaml': 'description: Fails early.\nrunsOn: unix\n',
    'process_payload/main.sh': 'true\n',
    [script]: 'echo "no such package: frob" >&2\nexit 4\n',
  });
  const { job } = await kiln.ended(await kiln.submit(name, 'local'));
  expect(job.ending).toMatchObject({ code, message: expect.stringMatching(/exited with code 4 on local.*no such package: frob/) });
});

test('a connector in code may decide how often it iterates', async () => {
  await kiln.connector('halving', {
    'connector.ts': `import { defineConnector } from '@kiln/domain';
      export default defineConnector({
        description: 'Iterates three times.', runsOn: 'unix', command: 'echo "$depth" > "$2/depth"',
        sweep: (_parameters, iteration) => ({ depth: [iteration, iteration + 10] }),
        stages: { converge: { process: async ({ job }) => ({ done: job.iteration === 2, criterion: 1 / 2 ** job.iteration }) } },
      });`,
  });
  const job = await kiln.submit('halving', 'local');
  const { job: ended } = await kiln.ended(job);
  expect(ended).toMatchObject({ status: 'succeeded', iteration: 2, criteria: [1, 0.5, 0.25], progress: { before: 4 } });
  expect(await kiln.output(`halving${job}/output_1/4/depth`)).toBe('11\n');
  expect(await kiln.output(`halving${job}/output/6/depth`)).toBe('12\n');
});

test('a retry in a later iteration goes on with the numbers of the tasks', async () => {
  const mark = join(kiln.home, 'mark-later');
  await kiln.connector('later', {
    'connector.ts': `import { defineConnector } from '@kiln/domain';
      export default defineConnector({
        description: 'Fails in its second iteration.', runsOn: 'unix', parameters: { mark: { default: '' } }, sweep: { n: [1, 2] },
        command: '[ $KILN_ITERATION = 0 ] || [ -e "$mark" ]',
        stages: { converge: { process: async ({ job }) => ({ done: job.iteration === 2 }) } },
      });`,
  });
  const job = await kiln.submit('later', 'local', { mark });
  expect((await kiln.ended(job)).job).toMatchObject({ status: 'failed', iteration: 1 });
  await writeFile(mark, '');
  await requestRetry(kiln.db, job);
  expect((await kiln.ended(job)).job).toMatchObject({ status: 'succeeded', iteration: 2 });
  expect(await loadTask(kiln.db, job, 6)).toMatchObject({ state: 'succeeded', iteration: 2 });
});
