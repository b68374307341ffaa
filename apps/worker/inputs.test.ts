import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadTasks } from '@kiln/db/load-state';
import { jobs, users } from '@kiln/db/schema';
import { requestMoreIterations } from '@kiln/db/steer-job';
import { requestRetry } from '@kiln/db/submit';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
beforeEach(async () => {
  kiln = await installation();
  await kiln.worker();
});
afterEach(() => kiln.close());

/** Shows what it found: its files, what is in those called `data` and `model.in`, and a variable. */
const LOOKING = {
  'connector.yaml': 'description: Looks.\nrunsOn: unix\ninput: required\nparameters: { speed: { default: 1 } }\nsweep: { n: [1, 2] }\n',
  'process_payload/main.sh':
    '#!/bin/sh\n(cd "$1" && find . | LC_ALL=C sort) >"$2/found"\nfor f in data model.in; do [ ! -e "$1/$f" ] || cat "$1/$f" >>"$2/said"; done\necho "$n $speed $npre" >>"$2/said"\n',
};

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(kiln.home, 'outputs', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

const submit = (connector: string, path: string, parameters = {}) =>
  kiln.submit(connector, 'local', { speed: 1, ...parameters, input_storage: 'local', input_path: path });

const succeeded = async (id: number) => expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });

test('a folder with files is the input of every task, with its templates rendered and its values beside those of the sweep', async () => {
  await kiln.connector('looking', LOOKING);
  await put({
    'here/it is/data': 'some data\n',
    'here/it is/deep/-rf/x': 'x',
    'here/it is/model.in_template': 'n={{n}} npre={{npre}} speed={{speed}}\n',
    'here/it is/values': '{"npre": 7, "n": 100, "speed": 9}',
  });
  const id = await submit('looking', 'here/it is');
  await succeeded(id);
  expect(await kiln.output(`looking${id}/input_0/initial/deep/-rf/x`)).toBe('x');
  expect(await kiln.output(`looking${id}/output/2/said`)).toBe('some data\nn=2 npre=7 speed=1\n2 1 7\n');
  expect((await kiln.output(`looking${id}/output/1/found`)).split('\n')).toEqual([
    ...['.', './data', './deep', './deep/-rf', './deep/-rf/x', './model.in', './model.in_template', './values', './values.json', ''],
  ]);
  expect(JSON.parse(await kiln.output(`looking${id}/output/1/values`))).toEqual({ npre: 7, n: 1, speed: 1, run_counter: 1 });
});

test('folders alone multiply the points of the sweep, in the order of their numbers, each with its own files', async () => {
  await kiln.connector('looking', LOOKING);
  await put({ 'sets/10/data': 'ten\n', 'sets/2/data': 'two\n', 'sets/-rf */data': 'dash\n', 'sets/.hidden': 'not counted' });
  const id = await submit('looking', 'sets');
  await succeeded(id);
  const tasks = await loadTasks(kiln.db, id, { iteration: 0, states: ['succeeded'] });
  expect(tasks.map(({ number, input, values }) => [number, input, values['n']])).toEqual([
    ...[
      [1, '-rf *', 1],
      [2, '-rf *', 2],
    ],
    ...[
      [3, '2', 1],
      [4, '2', 2],
    ],
    ...[
      [5, '10', 1],
      [6, '10', 2],
    ],
  ]);
  const said = await Promise.all(tasks.map(({ number }) => kiln.output(`looking${id}/output/${number}/said`)));
  expect(said).toEqual(['dash\n1 1 \n', 'dash\n2 1 \n', 'two\n1 1 \n', 'two\n2 1 \n', 'ten\n1 1 \n', 'ten\n2 1 \n']);
});

test('links that lead out of an input set, strange names and long ones neither escape nor break anything', async () => {
  await kiln.connector('looking', LOOKING);
  const secret = join(kiln.home, 'secret');
  await writeFile(secret, 'mine');
  const long = 'l'.repeat(255);
  await put({
    'bad/s/a\nb': 'newline',
    [`bad/s/${long}/${long}/${long}/x`]: 'long',
    'bad/s/values.json': '{}',
    'bad/s/m_template': '{{n}}',
  });
  const links = { m: secret, values: secret, up: '../../..', 'kept way': 'a\nb', out: `${long}/../../../x`, dangling: 'nothing' };
  for (const [name, target] of Object.entries(links)) await symlink(target, join(kiln.home, 'outputs/bad/s', name));
  const id = await submit('looking', 'bad');
  await succeeded(id);
  expect(await readFile(secret, 'utf8')).toBe('mine');
  const found = (await kiln.output(`looking${id}/output/1/found`)).split('\n');
  expect(found).toEqual(expect.arrayContaining(['./a', 'b', `./${long}/${long}/${long}/x`, './kept way', './dangling']));
  for (const name of ['./up', './out']) expect(found).not.toContain(name);
});

test('input that is not there, is a file or is empty ends the job with one sentence', async () => {
  await kiln.connector('looking', LOOKING);
  await put({ 'file/x': '' });
  await mkdir(join(kiln.home, 'outputs/empty'), { recursive: true });
  await symlink('/etc', join(kiln.home, 'outputs/link'));
  await mkdir(join(kiln.home, 'outputs/odd/a\nb'), { recursive: true });
  const sentences = {
    none: 'There is no input location local/none; check the path, or put the files there.',
    link: 'There is no input location local/link; check the path, or put the files there.',
    'file/x': 'The input location local/file/x is a file; name the folder that it is in.',
    empty: 'The input location local/empty is empty; put the files there and submit again.',
    odd: '“a␀b” in the input location local/odd holds signs that no input set can have in its name; rename that directory.',
  };
  for (const [path, message] of Object.entries(sentences)) {
    expect((await kiln.ended(await submit('looking', path))).job.ending, path).toMatchObject({ status: 'failed', message });
  }
});

test('an iteration without input sets of its own works on the input again', async () => {
  await kiln.connector('twice', {
    'connector.ts': `import { defineConnector } from '@kiln/domain';
      export default defineConnector({
        description: 'Goes on.', runsOn: 'unix', input: 'optional',
        command: 'cat "$1/data" >"$2/said"',
        converged: ({ iterations }) => ({ done: iterations.length >= 2 }),
      });`,
  });
  await put({ 'sets/a/data': 'a', 'sets/b/data': 'b' });
  const id = await submit('twice', 'sets', { maximum_iterations: 5 });
  await succeeded(id);
  expect(await readdir(join(kiln.home, `outputs/twice${id}/output_1`))).toEqual(['3', '4']);
  expect(await kiln.output(`twice${id}/output/4/said`)).toBe('b');

  await put({ 'sets/a/data': 'changed', 'sets/c/data': 'new' });
  await requestMoreIterations(kiln.db, id, 1);
  await succeeded(id);
  expect(await readdir(join(kiln.home, `outputs/twice${id}/output_2`))).toEqual(['5', '6']);
  expect(await kiln.output(`twice${id}/output/5/said`)).toBe('a');
});

test("results of others on a shared storage are nobody else's input, however they are named", async () => {
  await kiln.connector('looking', LOOKING);
  await put({ 'mine/x': 'x' });
  const [other] = await kiln.db.orm.insert(users).values({ name: 'other' }).returning();
  const id = await submit('looking', 'mine');
  await succeeded(id);
  await kiln.db.orm
    .update(jobs)
    .set({ ownerId: other?.id ?? '', outputPath: 'deep' })
    .where(eq(jobs.id, id));
  await mkdir(join(kiln.home, 'outputs/deep'));
  await rename(join(kiln.home, `outputs/looking${id}`), join(kiln.home, `outputs/deep/looking${id}`));
  await symlink('deep', join(kiln.home, 'outputs/way'));
  for (const path of ['deep', `deep/looking${id}`, `deep/looking${id}/output`]) {
    expect((await kiln.ended(await submit('looking', path))).job.ending, path).toMatchObject({ code: 'FORBIDDEN' });
  }
  const around = await kiln.ended(await submit('looking', `way/looking${id}/output`));
  expect(around.job.ending).toMatchObject({ code: 'NOT_FOUND' });
});

test('a retry works on the input that was copied, whatever became of the folder', async () => {
  await kiln.connector('mends', {
    'connector.yaml': 'description: Fails at first.\nrunsOn: unix\ninput: required\nparameters: { gate: { default: "" } }\n',
    'process_payload/main.sh': '#!/bin/sh\n[ -e "$gate" ] && cp "$1/data" "$2/said"\n',
  });
  await put({ 'once/data': 'as it was' });
  const gate = join(kiln.home, 'gate');
  const id = await submit('mends', 'once', { gate });
  expect((await kiln.ended(id)).job.ending).toMatchObject({ code: 'TASKS_FAILED' });
  await rm(join(kiln.home, 'outputs/once'), { recursive: true });
  await writeFile(gate, '');
  await requestRetry(kiln.db, id);
  await succeeded(id);
  expect(await kiln.output(`mends${id}/output/1/said`)).toBe('as it was');
});
