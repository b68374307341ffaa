import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jobs, platforms } from '@kiln/db/schema';
import { DEFAULT_SETTINGS } from '@kiln/domain';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApi, submitted, type TestApi, type Variables } from '../testing/start-test-api.ts';

let api: TestApi;
let stranger: string;
let job: string;
beforeAll(async () => {
  api = await startTestApi();
  await api.answer(async () => ({ value: null }));
  stranger = await api.someoneElse();
  for (const [name, more] of [
    ['plain', ''],
    ['again', 'reliability: true\n'],
  ] as const) {
    await mkdir(join(api.payloads, name));
    const manifest = `description: Does little.\nrunsOn: [unix, slurm]\ncommand: 'true'\n${more}`;
    await writeFile(join(api.payloads, name, 'connector.yaml'), manifest);
  }
  const { settings, ...cluster } = {
    name: 'hpc',
    kind: 'slurm' as const,
    provider: 'ssh' as const,
    slots: 4,
    maxNodes: 1,
    settings: DEFAULT_SETTINGS,
  };
  const facts = {
    home: '/h',
    root: '/h',
    cores: 4,
    scheduler: { version: 'slurm 23', dialect: null, arrayLimit: 1000, cores: 4, queues: [] },
  };
  await api.db.orm.insert(platforms).values({ ...cluster, settings, facts, connection: { host: 'h', port: 22, user: 'u', jumps: [] } });
});
afterAll(() => api.close());

beforeEach(async () => {
  job = await submitted(api, 'plain', { platform: 'local' });
});

const code = ({ errors }: { errors: readonly { extensions: { code: string } }[] | undefined }) => errors?.[0]?.extensions.code;

const RETRY = `mutation ($id: ID!, $scope: RetryScope! = FAILED, $parameters: JSONObject) {
  retryJob(id: $id, scope: $scope, parameters: $parameters) { id status parameters }
}`;
const retry = (parameters: Variables, more: Variables = {}) => api.call(RETRY, { id: job, parameters, ...more });
const ended = (values: Partial<typeof jobs.$inferInsert> = {}) =>
  api.db.orm
    .update(jobs)
    .set({ status: 'failed', ...values })
    .where(eq(jobs.id, Number(job)));

test('a retry changes limits from now on, and takes them back', async () => {
  await ended();
  expect((await retry({ task_time_limit: ' 2h ', max_failures: 3 })).data.retryJob).toMatchObject({
    status: 'active',
    parameters: { task_time_limit: '2h', max_failures: '3', platform: 'local' },
  });
  const { data } = await api.call('query ($id: ID!) { job(id: $id) { parameters } }', { id: job });
  expect(data.job.parameters).toMatchObject({ task_time_limit: '2h' });
  await ended();
  expect((await retry({ task_time_limit: '' })).data.retryJob.parameters).toMatchObject({ task_time_limit: '', max_failures: '3' });
});

test('a retry refuses what it cannot change, what fits no form and what would have no effect', async () => {
  await ended();
  for (const [parameters, part] of [
    [{ platform: 'hpc' }, "'platform'"],
    [{ sweep: { n: [1] } }, "'sweep'"],
    [{ task_time_limit: 'soon', max_failures: 'some' }, 'task_time_limit must be a time'],
    [{ max_failures: { n: [1] } }, 'max_failures must be'],
    [{ memory: '8G' }, "'local' has none"],
    [{ maximum_retries: 5 }, 'reschedule_failed_tasks'],
    [{ reschedule_failed_tasks: true }, 'reschedule_failed_tasks'],
  ] as const) {
    const answer = await retry(parameters);
    expect([parameters, code(answer)]).toEqual([parameters, 'BAD_INPUT']);
    expect(answer.errors?.[0]?.message).toContain(part);
  }
  expect((await retry({ task_time_limit: 'soon', max_failures: 'some' })).errors?.[0]?.message).toContain('max_failures must be');
  expect(code(await retry({ task_time_limit: '2h' }, { scope: 'ALL' }))).toBe('BAD_INPUT');
  expect(code(await retry({ task_time_limit: '2h' }, { id: job }).then(() => retry({})))).toBe('CONFLICT');
  expect(code(await api.call(RETRY, { id: job, parameters: { max_failures: 1 } }, stranger))).toBe('NOT_FOUND');
});

test('a retry changes what a task asks of the scheduler, and how retries go, also when the connector has changed since', async () => {
  job = await submitted(api, 'again', { platform: 'hpc', maximum_retries: 1 });
  for (const changed of [false, true]) {
    if (changed) await appendFile(join(api.payloads, 'again/connector.yaml'), '# changed\n');
    await ended();
    for (const [parameters, message] of [
      [{ memory: 'much', cores: 'four' }, /memory must .*cores must/],
      [{ maximum_retries: 1000 }, /at most 100/],
      [{ retry_codes: 'BORED' }, /'BORED'/],
      [{ reschedule_failed_tasks: false, retry_delay: 1 }, /reschedule_failed_tasks/],
    ] as const) {
      const { errors } = await retry(parameters);
      expect(errors?.[0]?.message).toMatch(message);
    }
    const { data } = await retry({ memory: '8G', walltime: '2h', cores: '4', maximum_retries: '5', retry_codes: 'EXIT' });
    expect(data.retryJob.parameters).toMatchObject({
      ...{ memory: '8G', walltime: '2h', cores: 4, maximum_retries: 5, retry_codes: 'EXIT', reschedule_failed_tasks: true },
    });
    await ended();
    expect((await retry({ memory: ' ', reschedule_failed_tasks: 'false' })).data.retryJob.parameters).toMatchObject({
      ...{ memory: '', walltime: '2h', reschedule_failed_tasks: false },
    });
    await ended({ parameters: { platform: 'hpc', reschedule_failed_tasks: true, maximum_retries: 1 } });
  }
});
