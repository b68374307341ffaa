import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { saveTransfer } from '@kiln/db/transfers';
import { KnownError, type Question } from '@kiln/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SUBMIT, startTestApi, type TestApi } from '../testing/start-test-api.ts';

let api: TestApi;
const asked: Question[] = [];
beforeAll(async () => {
  api = await startTestApi();
  await api.answer(async (question) => {
    asked.push(question);
    if (question.kind !== 'check-input') return { value: null };
    if (question.path === 'none') throw new KnownError('NOT_FOUND', 'There is no input location local/none.');
    if (question.path === 'many') return { value: { count: 50_001, first: ['1'] } };
    return { value: { count: 3, first: ['a', 'b', 'c'] } };
  });
  for (const mode of ['required', 'optional']) {
    await mkdir(join(api.payloads, mode));
    const manifest = `description: Reads.\nrunsOn: unix\ncommand: ls "$1"\ninput: ${mode}\nsweep: { n: [1, 2] }\n`;
    await writeFile(join(api.payloads, mode, 'connector.yaml'), manifest);
  }
});
afterAll(() => api.close());

const PREVIEW = `mutation ($input: SubmitJobInput!) { previewJob(input: $input) {
  problems { path code message } taskCount parameters firstTasks { number input values } } }`;
const preview = async (connector: string, parameters: object) =>
  (await api.call(PREVIEW, { input: { connector, parameters } })).data.previewJob;
const messages = async (connector: string, parameters: object) =>
  (await preview(connector, parameters)).problems.map(({ path, message }: { path: string[]; message: string }) => [path[0], message]);

test('a preview says which input each task gets, and asks as the one who submits', async () => {
  const { problems, taskCount, firstTasks, parameters } = await preview('required', { input_path: './some/where//' });
  expect(problems).toEqual([]);
  expect(taskCount).toBe(6);
  expect(firstTasks.map(({ input, values }: { input: string; values: { n: number } }) => [input, values.n])).toEqual([
    ...[
      ['a', 1],
      ['a', 2],
      ['b', 1],
      ['b', 2],
      ['c', 1],
      ['c', 2],
    ],
  ]);
  expect(parameters).toMatchObject({ input_storage: 'local', input_path: 'some/where' });
  expect(asked).toContainEqual({ kind: 'check-input', storage: 'local', path: 'some/where', ownerId: api.administrator.id });
});

test('an input location that is needed, has a wrong name or cannot be read is refused where it stands', async () => {
  const needed = 'input_path is needed; name the folder of a storage that holds the input.';
  expect(await messages('required', {})).toEqual([['input_path', needed]]);
  expect(await messages('required', { input_path: '' })).toEqual([['input_path', needed]]);
  for (const [path, problem] of [
    ['/etc', "input_path must not begin with '/'; it is a folder below the storage's root."],
    ['a/../b', "input_path must not hold '..'."],
    ['./', 'input_path must name a folder; the root of a storage is none.'],
    ['.kiln/x', "input_path must not lead into '.kiln', where jobs work."],
  ]) {
    expect(await messages('required', { input_path: path })).toEqual([['input_path', problem]]);
  }
  expect(await messages('required', { input_path: 'x', input_storage: 'nowhere' })).toEqual([
    ['input_storage', "There is no storage 'nowhere'; choose local."],
  ]);
  for (const output_path of ['a/b', 'a/b/c']) {
    expect(await messages('required', { input_path: 'a/b', output_path })).toEqual([
      ['output_path', expect.stringContaining("lies in the input location 'a/b'")],
    ]);
  }
  expect(await messages('required', { input_path: 'a/b', output_path: 'a' })).toEqual([]);
  expect(await messages('required', { input_path: 'none' })).toEqual([['input_path', 'There is no input location local/none.']]);
  expect((await preview('required', { input_path: 'many' })).problems).toMatchObject([{ path: ['input_path'], code: 'TOO_MANY_TASKS' }]);
});

test('an optional one may be left out, and other connectors have none', async () => {
  const { problems, taskCount, parameters } = await preview('optional', { input_path: '', input_storage: 'local' });
  expect([problems, taskCount, parameters.input_path]).toEqual([[], 2, undefined]);
  expect(await messages('randnum', { input_path: 'x' })).toEqual([
    ['input_path', "'input_path' is for connectors that take an input location, and 'randnum' does not."],
  ]);
});

test('what a job moves is told while it moves', async () => {
  const { job } = (await api.call(SUBMIT, { input: { connector: 'required', parameters: { input_path: 'x' } } })).data.submitJob;
  const look = async () => (await api.call(`{ job(id: ${job.id}) { transfer { direction bytes rate } } }`)).data.job.transfer;
  expect(await look()).toBeNull();
  await saveTransfer(api.db, job.id, { direction: 'home', bytes: 3_000_000_000, rate: 5 });
  expect(await look()).toEqual({ direction: 'home', bytes: 3_000_000_000, rate: 5 });
});
