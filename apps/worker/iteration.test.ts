import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findJob } from '@kiln/db/jobs';
import { loadIterations, loadTasks } from '@kiln/db/load-state';
import { insertBranch, requestMoreIterations, requestStopAfterIteration } from '@kiln/db/steer-job';
import { TASK_STATES } from '@kiln/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
beforeAll(async () => {
  kiln = await installation();
  await kiln.worker();
  // Newton's method for a square root: the two best guesses go on, and each is tried with two steps.
  await kiln.connector('root', {
    'connector.ts': `import { defineConnector } from '@kiln/domain';
      export default defineConnector({
        description: 'Finds the root of 2.', runsOn: ['unix', 'cloud'], parameters: { tolerance: { type: 'number', default: 0.0001 } },
        sweep: (_parameters, iteration, previous) =>
          ({ step: [1, 0.5].slice(0, previous ? previous.kept.length : 2).map((one) => one + (iteration > 90 ? 1 : 0)) }),
        transform: async ({ tasks, history }) => {
          const scores = {};
          for (const task of tasks) scores[task.number] = Math.abs(Number(await task.text('guess')) ** 2 - 2);
          const keep = tasks.map(({ number }) => number).sort((a, b) => scores[a] - scores[b] || a - b).slice(0, 2);
          return {
            scores, keep, note: history.length + ' before',
            inputs: keep.map((number) => ({ from: number, values: { parent: number },
              files: { 'start/guess': { task: number, path: 'guess' }, 'audit.txt': 'from ' + number + '\\n' } })),
          };
        },
        converged: ({ iterations, parameters }) => {
          const last = iterations.at(-1);
          const criterion = Math.min(...Object.values(last.scores));
          return { done: criterion < Number(parameters.tolerance), criterion };
        },
      });`,
    'process_payload/main.sh': `#!/bin/sh
      guess=1 && [ ! -e "$1/start/guess" ] || read -r guess <"$1/start/guess"
      awk -v x="$guess" -v step="$step" 'BEGIN { printf "%.12f\\n", x - step * (x * x - 2) / (2 * x) }' >"$2/guess"\n`,
  });
});
afterAll(() => kiln.close());

test('tasks of an iteration begin with what the one before made for them, until the connector says that it converged', async () => {
  const job = await kiln.submit('root', 'local-cloud', { nodes: 2, minimum_nodes: 1, tolerance: 1e-9, maximum_iterations: 20 });
  const { job: ended } = await kiln.ended(job);
  expect({ status: ended.status, ending: ended.ending }).toEqual({ status: 'succeeded', ending: null });
  const history = await loadIterations(kiln.db, job);
  expect(history.map(({ criterion }) => criterion)).toEqual(ended.criteria);
  expect([...ended.criteria].sort((a, b) => b - a)).toEqual(ended.criteria);
  expect(history.map(({ ending }) => ending)).toEqual([...history.slice(1).map(() => null), 'converged']);
  expect(history[1]?.note).toBe('1 before');
  const second = await loadTasks(kiln.db, job, { iteration: 1, states: TASK_STATES });
  expect(second.map(({ number, input, values }) => ({ number, input, values }))).toEqual([
    { number: 3, input: '1', values: { parent: history[0]?.kept[0], step: 1 } },
    { number: 4, input: '1', values: { parent: history[0]?.kept[0], step: 0.5 } },
    { number: 5, input: '2', values: { parent: history[0]?.kept[1], step: 1 } },
    { number: 6, input: '2', values: { parent: history[0]?.kept[1], step: 0.5 } },
  ]);
  expect(await kiln.output(`root${job}/input_1/1/audit.txt`)).toBe(`from ${history[0]?.kept[0]}\n`);
  expect(await readdir(join(kiln.home, `outputs/root${job}/output`))).toEqual(
    (await loadTasks(kiln.db, job, { iteration: ended.iteration, states: TASK_STATES })).map(({ number }) => String(number)),
  );
  expect(await readdir(join(kiln.home, `outputs/root${job}`))).toEqual(
    expect.arrayContaining(['input_1', 'output_0', 'output_1', 'output']),
  );
});

test('the same parameters give the same history; a job ends at its maximum, goes on for more, and another branches off', async () => {
  const parameters = { tolerance: 1e-9, maximum_iterations: 2 };
  const job = await kiln.submit('root', 'local', parameters);
  const first = await kiln.ended(job);
  expect(first.job).toMatchObject({ status: 'succeeded', iteration: 1 });
  expect((await loadIterations(kiln.db, job)).map(({ ending }) => ending)).toEqual([null, 'maximum']);

  await requestMoreIterations(kiln.db, job, 20);
  const whole = await kiln.ended(job);
  expect(whole.job).toMatchObject({ status: 'succeeded', round: 1, maximumIterations: 22 });
  expect(whole.job.criteria.slice(0, 2)).toEqual(first.job.criteria);
  const tasks = (await Promise.all([0, 1, 2].map((iteration) => loadTasks(kiln.db, job, { iteration, states: TASK_STATES })))).flat();
  expect(tasks.map(({ number }) => number)).toEqual(tasks.map((_, i) => i + 1));
  await expect(requestMoreIterations(kiln.db, job, 0)).rejects.toThrow('whole number');

  const origin = await findJob(kiln.db, kiln.user.id, job);
  if (!origin) throw new Error('The job is not found.');
  const branch = await insertBranch(kiln.db, origin, 0, { ...origin.parameters, maximum_iterations: 30 });
  const branched = await kiln.ended(branch);
  expect(branched.job).toMatchObject({ status: 'succeeded', branchOf: { job, iteration: 0 }, criteria: whole.job.criteria });
  expect((await loadTasks(kiln.db, branch, { iteration: 1, states: TASK_STATES })).map(({ number }) => number)).toEqual([3, 4, 5, 6]);
  await expect(insertBranch(kiln.db, origin, 99, origin.parameters)).rejects.toThrow('has not come to its end');
});

test('a job that is asked to stop after its iteration does', async () => {
  const job = await kiln.submit('root', 'local', { tolerance: 0, maximum_iterations: 5000 });
  await kiln.until(job, ({ job: { iteration } }) => iteration >= 2);
  await requestStopAfterIteration(kiln.db, job, true);
  const { job: ended } = await kiln.ended(job);
  expect(ended).toMatchObject({ status: 'succeeded', ending: null });
  expect((await loadIterations(kiln.db, job)).at(-1)).toMatchObject({ ending: 'stopped', iteration: ended.iteration });
  await expect(requestStopAfterIteration(kiln.db, job, true)).rejects.toThrow('has ended');
});

test.each([
  ['while (true);', 'did not finish'],
  ['process.exit(0);', 'transform'],
  ["throw new Error('no such file');", 'no such file'],
])('a transform that does %s fails its job, and the worker goes on', async (code, words) => {
  await kiln.connector('hostile', {
    'connector.ts': `import { defineConnector } from '@kiln/domain';
      export default defineConnector({ description: 'Is hostile.', runsOn: 'unix', command: 'echo 1 >"$2/one"', transform: () => { ${code} } });`,
  });
  const job = await kiln.submit('hostile', 'local', code.startsWith('while') ? { stage_time_limit: '10s' } : {});
  const { job: ended } = await kiln.ended(job);
  const expected = code.startsWith('while') ? 'The transform stage took longer' : words;
  expect(ended.ending).toMatchObject({ status: 'failed', message: expect.stringContaining(expected) });
  expect(await kiln.output(`hostile${job}/output_0/1/one`)).toBe('1\n');
});

test('rmc-lite ends by its threshold and by the maximum, with a falling criterion', { timeout: 120_000 }, async () => {
  await cp('payloads/rmc-lite', join(kiln.home, 'payloads/rmc-lite'), { recursive: true });
  const parameters = {
    ...{ iseed: 42, optimisation_scheme: 'MC', fanout_per_kept_result: 2, kept_results: 1, steps: 400 },
    ...{ nodes: 2, minimum_nodes: 1, maximum_iterations: 12 },
  };
  const job = await kiln.submit('rmc-lite', 'local-cloud', { ...parameters, error_threshold: 0.5 });
  const other = await kiln.submit('rmc-lite', 'local-cloud', { ...parameters, error_threshold: 0, maximum_iterations: 3 });
  const { job: converged } = await kiln.ended(job);
  expect({ status: converged.status, ending: converged.ending }).toEqual({ status: 'succeeded', ending: null });
  expect((await loadIterations(kiln.db, job)).at(-1)?.ending).toBe('converged');
  expect(converged.criteria.length).toBeGreaterThan(2);
  for (const [i, criterion] of converged.criteria.entries()) expect(criterion).toBeLessThanOrEqual(converged.criteria[i - 1] ?? criterion);
  expect((await kiln.ended(other)).job.criteria).toEqual(converged.criteria.slice(0, 3));
  expect((await loadIterations(kiln.db, other)).at(-1)?.ending).toBe('maximum');
});
