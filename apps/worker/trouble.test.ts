import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAsker } from '@kiln/db/asks';
import { loadState } from '@kiln/db/load-state';
import { requestCancel } from '@kiln/db/submit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { installation } from './testing/installation.ts';
import { processesOf } from './testing/processes.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
beforeAll(async () => {
  kiln = await installation();
  await kiln.worker();
});
afterAll(() => kiln.close());

test('what a program writes can be told, even if no database takes it', async () => {
  await kiln.connector('binary', {
    'connector.yaml': 'description: Fails with bytes.\nrunsOn: unix\n',
    'bootstrap.sh': `printf 'a\\0b ${'x'.repeat(293)}\\360\\237\\224\\245' >&2\nexit 1\n`,
    'process_payload/main.sh': 'true\n',
  });
  const { job } = await kiln.ended(await kiln.submit('binary', 'local'));
  expect(job.ending).toMatchObject({ code: 'BOOTSTRAP_FAILED', message: expect.stringContaining('a␀b') });
});

test('a criterion that is no number fails the job', async () => {
  await kiln.connector('undefined-criterion', {
    'connector.ts': `import { defineConnector } from '@kiln/domain';
      export default defineConnector({ description: '0/0', runsOn: 'unix', command: 'true',
        stages: { converge: { process: async () => ({ done: true, criterion: 0 / 0 }) } } });`,
  });
  const { job } = await kiln.ended(await kiln.submit('undefined-criterion', 'local'));
  expect(job.ending).toMatchObject({ code: 'CONNECTOR_CODE', message: expect.stringContaining('NaN') });
});

test('a cancel while results come home ends the job, and not the worker', async () => {
  await kiln.connector('large', {
    'connector.yaml': 'description: Leaves much.\nrunsOn: unix\n',
    'process_payload/main.sh': 'head -c 300000000 /dev/zero >"$2/zeros"\n',
  });
  const job = await kiln.submit('large', 'local');
  await kiln.until(job, ({ counts }) => counts.succeeded === 1);
  await requestCancel(kiln.db, job);
  expect((await kiln.ended(job)).job.status).toMatch(/cancelled|succeeded/);
});

test('a job that is cancelled while it is blocked says that it goes on, and then that it was cancelled', async () => {
  await kiln.connector('waits', {
    'connector.ts': `import { defineConnector, KnownError } from '@kiln/domain';
      export default defineConnector({ description: 'Waits.', runsOn: 'unix', command: 'true',
        stages: { create: { process: async () => { throw new KnownError('PLATFORM_UNAVAILABLE', 'Not now.', { retryable: true }); } } } });`,
  });
  const job = await kiln.submit('waits', 'local');
  await kiln.until(job, (state) => state.job.status === 'blocked');
  await requestCancel(kiln.db, job);
  await kiln.ended(job);
  const states = (await kiln.events(job)).filter(({ kind, subject }) => kind === 'job' && subject === 'status');
  expect(states.map(({ from, to }) => [from, to])).toEqual([
    [null, 'active'],
    ['active', 'blocked'],
    ['blocked', 'active'],
    ['active', 'cancelled'],
  ]);
});

test('a task that leaves a writer behind does not hold its job up', async () => {
  await kiln.connector('writer', {
    'connector.yaml': 'description: Leaves a writer.\nrunsOn: unix\n',
    'process_payload/main.sh': '(while :; do echo more; done >"$2/grows") &\nsleep 0.2\n',
  });
  const job = await kiln.submit('writer', 'local');
  expect((await kiln.ended(job)).job.status).toBe('succeeded');
  expect(await processesOf(`${join(kiln.home, 'scratch', `writer${job}`)}/`)).toEqual([]);
});

test('a directory that vanishes while tasks run fails the job with that', async () => {
  await kiln.connector('vanished', {
    'connector.yaml': 'description: Removes itself.\nrunsOn: unix\n',
    'process_payload/main.sh': 'sleep 0.3\nrm -rf "$KILN_JOB_DIRECTORY"\n',
  });
  const { job } = await kiln.ended(await kiln.submit('vanished', 'local'));
  expect(job.ending?.code).toMatch(/NODE_LOST|TASKS_FAILED/);
});

test('outputs that are gone at home, or were never made, hold nothing up', async () => {
  await kiln.connector('nothing-left', {
    'connector.yaml': 'description: Removes its output.\nrunsOn: unix\n',
    'process_payload/main.sh': `rm -rf "$2" "${kiln.home}/outputs/nothing-left"*\n`,
  });
  const job = await kiln.submit('nothing-left', 'local');
  expect((await kiln.ended(job)).job.status).toBe('succeeded');
  expect(await readdir(join(kiln.home, 'outputs', `nothing-left${job}`, 'output'))).toEqual([]);
});

test('a version that was removed from the cache is unpacked again', async () => {
  await kiln.connector('cached', { 'connector.yaml': 'description: Nothing.\nrunsOn: unix\ncommand: "true"\n' });
  expect((await kiln.ended(await kiln.submit('cached', 'local'))).job.status).toBe('succeeded');
  await rm(join(kiln.home, 'cache'), { recursive: true });
  expect((await kiln.ended(await kiln.submit('cached', 'local'))).job.status).toBe('succeeded');
});

test('a directory that vanishes while bootstrap.sh runs fails the job with that', async () => {
  await kiln.connector('vanishing', {
    'connector.yaml': 'description: Removes itself.\nrunsOn: unix\n',
    'bootstrap.sh': 'rm -rf "$KILN_JOB_DIRECTORY"\nsleep 0.2\n',
    'process_payload/main.sh': 'true\n',
  });
  const { job } = await kiln.ended(await kiln.submit('vanishing', 'local'));
  expect(job.ending).toMatchObject({ code: 'BOOTSTRAP_FAILED', message: expect.stringMatching(/is gone|was lost on local/) });
});

test('questions are answered while every place for jobs is taken', async () => {
  const gate = join(kiln.home, 'gate');
  await kiln.connector('slow', {
    'connector.ts': `import { existsSync } from 'node:fs';
      import { defineConnector } from '@kiln/domain';
      export default defineConnector({ description: 'Slow.', runsOn: 'unix', command: 'true',
        parameters: { gate: { default: '' } },
        stages: { transform: { process: async ({ job }) => { while (!existsSync(job.parameters.gate)) await new Promise((resolve) => setTimeout(resolve, 20)); return {}; } } } });`,
  });
  const jobs = await Promise.all(Array.from({ length: 9 }, () => kiln.submit('slow', 'local', { gate })));
  const busy = async () => {
    const states = await Promise.all(jobs.map((id) => loadState(kiln.db, id)));
    return states.flatMap((state) => (state?.job.stage === 'transform' ? [state.job.id] : []));
  };
  const [one = 0] = await vi.waitFor(async () => {
    const found = await busy();
    expect(found.length).toBeGreaterThanOrEqual(8); // as many as the worker has places
    return found;
  }, 50_000);
  const asker = await createAsker(kiln.db);
  expect((await asker.ask({ kind: 'list-outputs', jobId: one, path: '' }, { timeout: 10_000 })).answer.map(({ name }) => name)).toContain(
    'output_0',
  );
  await asker.close();
  await writeFile(gate, '');
  for (const job of jobs) expect((await kiln.ended(job)).job.status).toBe('succeeded');
});

test('a full or unwritable output root is told in one sentence', async () => {
  await kiln.connector('plain', { 'connector.yaml': 'description: Nothing.\nrunsOn: unix\ncommand: "true"\n' });
  await mkdir(join(kiln.home, 'outputs'), { recursive: true });
  await writeFile(join(kiln.home, 'outputs', 'taken'), 'a file');
  const { job } = await kiln.ended(await kiln.submit('plain', 'local', {}, 'taken'));
  expect(job.ending).toMatchObject({
    code: 'STORAGE_UNWRITABLE',
    message: expect.stringContaining('a file stands where a directory is needed'),
  });
});
