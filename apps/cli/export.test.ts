import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { checkCrate, references } from './testing/check-crate.ts';
import { KilnProcess } from './testing/kiln-process.ts';

const execute = promisify(execFile);

let kiln: KilnProcess;
let directory: string;

/** Says in its files all that it finds, and gives them names that are hard to handle. Its third task fails. */
const WAVES = {
  'connector.yaml': `description: Says what it found.
runsOn: unix
parameters:
  text: { type: string, default: plain }
outputs:
  length: { file: found.txt, match: 'length (\\d+)' }
`,
  'bootstrap.sh': '#!/bin/sh\necho "made once" >process_payload/note\n',
  'process_payload/schedule.sh': '#!/bin/sh\necho "scheduled $KILN_TASK" >"$2/scheduled"\n',
  'process_payload/a\\tool': '#!/bin/sh\necho "tool with $n"\n',
  'process_payload/main.sh': `#!/bin/sh
{ './a\\tool'; cat note "$1/values.json"; printf '%s|' "$text" "$n" "$KILN_TASK" "$KILN_ITERATION" "$KILN_ATTEMPT" "$KILN_JOB"; echo "length $n"; } >"$2/found.txt"
mkdir "$2/deep"
printf 1 >"$2/deep/-rf \\$(touch x) 'q' ü"
printf 2 >"$2/a\\\\b"
printf 3 >"$2/a%5Cb"
printf 4 >"$2/two
lines"
echo "said $n"
[ "$n" != 3 ]
`,
};

/** Fails once for each task. */
const FLAKY = {
  'connector.yaml': 'description: Fails once.\nrunsOn: unix\nreliability: true\n',
  'process_payload/main.sh': '#!/bin/sh\necho "attempt $KILN_ATTEMPT"\necho done >"$2/done"\n[ "$KILN_ATTEMPT" -gt 1 ]\n',
};

/** With inputs, constants and templates on both sides. */
const TEMPLATES = {
  'connector.yaml': 'description: Renders.\nrunsOn: unix\nsweep: { var: [1, 2] }\n',
  'initial/model_template': 'var {{var}}, task {{run_counter}}, {{seed}}\n',
  'process_payload/run_template': 'echo "{{var}} of {{seed}}"\n',
  'process_payload/main.sh': '#!/bin/sh\ncat "$1/model" "$1/values" >"$2/found"\nsh ./run >>"$2/found"\n',
  values: '{"seed": 42}',
};

const OLDER = {
  'connector.yaml': 'description: Two numbers a task.\nrunsOn: unix\nsweep: { var: [1, 2] }\n',
  'start_bootstrap.sh': 'echo prepared >prepared\n',
  'bootstrap_done.sh': 'cat prepared && echo Environment Setup Completed\n',
  'initial/model_template': 'var {{var}}, task {{run_counter}}, {{seed}}\n',
  values: '{"seed": 42}',
  'process_payload/start_running_process.sh': '#!/bin/sh\ncat ../prepared chiminey/model >chiminey/rand\n',
  'process_payload/process_running_done.sh': '#!/bin/sh\necho stopped\n',
};

/** Newton's method for the root of 2: the two best guesses go on. */
const ROOT = {
  'connector.ts': `import { defineConnector } from '@kiln/domain';
    export default defineConnector({
      description: 'Finds the root of 2.', runsOn: 'unix', sweep: { step: [1, 0.5] }, defaults: { maximum_iterations: 3 },
      transform: async ({ tasks }) => {
        const scores = {};
        for (const task of tasks) scores[task.number] = Math.abs(Number(await task.text('guess')) ** 2 - 2);
        const keep = tasks.map(({ number }) => number).sort((a, b) => scores[a] - scores[b] || a - b).slice(0, 2);
        return { scores, keep, note: 'Kept two.', inputs: keep.map((task) => ({ from: task, files: { 'start/my guess': { task, path: 'guess' } } })) };
      },
      converged: ({ iterations }) => ({ done: false, criterion: Math.min(...Object.values(iterations.at(-1).scores)) }),
    });`,
  'process_payload/main.sh': `#!/bin/sh
    guess=1 && [ ! -e "$1/start/my guess" ] || read -r guess <"$1/start/my guess"
    awk -v x="$guess" -v step="$step" 'BEGIN { printf "%.12f\\n", x - step * (x * x - 2) / (2 * x) }' >"$2/guess"\n`,
};

/** Has the sets of its input location in both of its iterations. */
const GIVEN = {
  'connector.ts': `import { defineConnector } from '@kiln/domain';
    export default defineConnector({
      description: 'Looks at its input.', runsOn: 'unix', input: 'required', sweep: { n: [1, 2] }, defaults: { maximum_iterations: 2 },
      transform: ({ tasks }) => ({ scores: Object.fromEntries(tasks.map(({ number }) => [number, number])) }),
    });`,
  'process_payload/main.sh': '#!/bin/sh\ncat "$1/it is" "$1/model" >"$2/found"\n',
};

beforeAll(async () => {
  kiln = await KilnProcess.create();
  directory = await mkdtemp(join(tmpdir(), 'kiln-export-'));
  const connectors = { waves: WAVES, flaky: FLAKY, templates: TEMPLATES, older: OLDER, root: ROOT, given: GIVEN };
  for (const [name, files] of Object.entries(connectors)) await connector(name, files);
  await kiln.start(['up', '--port', '0']).says(/Ctrl-C/);
});

afterAll(async () => {
  await kiln?.dispose();
  await rm(directory, { recursive: true, force: true });
});

const TEXT = '-n "it\'s" $(touch x) `y`\nand ü';

test('a crate says what ran with what and what came of it, and its run.sh comes to the same without Kiln', async () => {
  const { crate, home } = await exported('waves', [`text=${TEXT}`, '--sweep', 'n=1:3'], ['--license', 'CC-BY-4.0']);
  const entities = await checkCrate(crate);
  expect(references(entities.get('./'), 'license')).toEqual(['https://spdx.org/licenses/CC-BY-4.0']);
  const task = entities.get('#task-3');
  expect(task).toMatchObject({
    ...{ name: 'Task 3', startTime: expect.any(String), endTime: expect.any(String), location: { '@id': '#node-local' } },
    actionStatus: { '@id': 'http://schema.org/FailedActionStatus' },
    error: expect.stringMatching(/^EXIT: .*1/),
  });
  const valuesOf = (property: string) =>
    references(task, property).flatMap((id) => (entities.get(id)?.['@type'] === 'PropertyValue' ? [entities.get(id)] : []));
  expect(Object.fromEntries(valuesOf('object').map((one) => [one?.['name'], one?.['value']]))).toEqual({ text: TEXT, n: 3 });
  expect(valuesOf('environment')).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'KILN_TASK', value: '3' })]));
  const names = references(task, 'result').map((id) => entities.get(id)?.['alternateName'] ?? id);
  expect(names).toEqual(expect.arrayContaining(['output_0/3/a\\b', 'output_0/3/two\nlines', 'output_0/3/a%5Cb', 'output_0/3/found.txt']));
  expect(entities.get('#task-2-output-length')).toMatchObject({ name: 'length', value: 2 });
  expect(entities.get('logs/3.out')).toMatchObject({ about: { '@id': '#task-3' } });

  const { code, out } = await runAgain(crate);
  expect({ code, out }).toEqual({
    code: 1,
    out: `iteration 0: 2 of 3 tasks succeeded\n  task 3 exited with code 1\nWhat they left is in ${crate}/rerun.\n`,
  });
  const before = await treeOf(join(home, 'output_0'));
  expect(await treeOf(join(crate, 'rerun/output_0'))).toEqual(before);
  expect([...before.keys()]).toEqual(expect.arrayContaining(['1/two\nlines', "3/deep/-rf $(touch x) 'q' ü"]));
  expect(await readFile(join(crate, 'rerun/logs/2.out'), 'utf8')).toBe('said 2\n');
  expect(await runAgain(crate)).toMatchObject({ code: 1, err: expect.stringContaining('rerun is there already') });
  expect(await runAgain(crate, '-d', 'other', '4')).toMatchObject({ code: 2, err: expect.stringContaining('there is no task 4') });
});

test.each([
  ['templates and inputs', 'templates', ['seed=43']],
  ["Chiminey's older layout", 'older', ['seed=43']],
])('a job with %s runs again as it ran', async (_what, name, parameters) => {
  const { crate, home } = await exported(name, parameters);
  await checkCrate(crate);
  expect(await runAgain(crate)).toMatchObject({ code: 0 });
  const before = await treeOf(join(home, 'output_0'));
  expect(before.size).toBeGreaterThan(0);
  expect(await treeOf(join(crate, 'rerun/output_0'))).toEqual(before);
});

test('iterations run again from the inputs that they began with, all of them or only some tasks', async () => {
  const { crate, home } = await exported('root', []);
  const entities = await checkCrate(crate);
  expect(references(entities.get('#orchestration'), 'object')).toEqual(['#iteration-0', '#iteration-1', '#iteration-2']);
  expect(entities.get('#iteration-1')).toMatchObject({ description: 'Kept two.' });
  expect(entities.get('#iteration-1-criterion')).toMatchObject({ value: expect.any(Number) });
  expect(references(entities.get('#task-5'), 'object')).toContain('input_1/2/');
  expect(await runAgain(crate)).toMatchObject({ code: 0 });
  expect(await runAgain(crate, '-d', 'some', '-j', '1', '1', '5')).toMatchObject({ code: 0 });
  for (const iteration of [0, 1, 2]) {
    expect(await treeOf(join(crate, `rerun/output_${iteration}`))).toEqual(await treeOf(join(home, `output_${iteration}`)));
  }
  expect([...(await treeOf(join(crate, 'some/output_1'))).keys()]).toEqual(['5/guess']);
  expect(await treeOf(join(crate, 'some/output_1/5'))).toEqual(await treeOf(join(home, 'output_1/5')));
});

test('tasks run again with what the input location held, in each iteration', async () => {
  for (const set of ['a b', '-c']) {
    await mkdir(join(kiln.home, 'outputs/cases', set), { recursive: true });
    await writeFile(join(kiln.home, 'outputs/cases', set, 'it is'), `set ${set}\n`);
    await writeFile(join(kiln.home, 'outputs/cases', set, 'model_template'), 'n {{n}}, task {{run_counter}}\n');
  }
  const { crate, home } = await exported('given', ['--input', 'local/cases']);
  const entities = await checkCrate(crate);
  expect(entities.get('input_0/a%20b/it%20is')).toMatchObject({ contentSize: '8' });
  expect(await runAgain(crate)).toMatchObject({ code: 0 });
  for (const iteration of [0, 1]) {
    const left = await treeOf(join(home, `output_${iteration}`));
    expect([...left.keys()].filter((path) => path.endsWith('found'))).toHaveLength(4);
    expect(await treeOf(join(crate, `rerun/output_${iteration}`))).toEqual(left);
  }
  expect(await readFile(join(home, 'output_1/8/found'), 'utf8')).toBe('set a b\nn 2, task 8\n');
});

test('without outputs a crate says what there is and runs again all the same; attempts that failed are told', async () => {
  const { crate } = await exported('flaky', ['retry_delay=0', '--sweep', 'n=1:2'], ['--no-outputs']);
  const entities = await checkCrate(crate);
  expect(existsSync(join(crate, 'output_0'))).toBe(false);
  expect(entities.get('#output_0/1/done')).toMatchObject({ contentSize: '5', localPath: 'output_0/1/done' });
  expect(entities.get('#task-1-attempt-1')).toMatchObject({ actionStatus: { '@id': 'http://schema.org/FailedActionStatus' } });
  expect(entities.get('#task-1')).toMatchObject({ actionStatus: { '@id': 'http://schema.org/CompletedActionStatus' } });
  expect(entities.get('#logs/1.out')).toMatchObject({ about: { '@id': '#task-1-attempt-1' } });
  expect(entities.get('#logs/1.2.out')).toMatchObject({ about: { '@id': '#task-1' } });
  expect(await runAgain(crate, '2')).toMatchObject({ code: 1, out: expect.stringContaining('iteration 0: 0 of 1 tasks succeeded') });
  expect([...(await treeOf(join(crate, 'rerun/output_0'))).keys()]).toEqual(['2/done']);
});

test('run.sh ends what it started when it is interrupted', async () => {
  const { crate } = await exported('templates', ['seed=44'], [], 'interrupted');
  const began = join(directory, 'began');
  await writeFile(join(crate, 'connector/process_payload/main.sh'), `#!/bin/sh\nsleep 1000 &\necho "$!" >>'${began}'\nwait\n`);
  const running = spawn('sh', ['run.sh'], { cwd: crate, stdio: 'ignore' });
  const ended = once(running, 'exit');
  await vi.waitFor(async () => expect((await readFile(began, 'utf8')).split('\n')).not.toHaveLength(1), 60_000);
  running.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
  const pids = (await readFile(began, 'utf8')).trim().split('\n');
  expect(pids.filter(isAlive)).toEqual([]);
});

test('what stands there already is not replaced, and what cannot be exported leaves nothing behind', async () => {
  const file = join(directory, 'there.zip');
  await writeFile(file, 'mine');
  const { code, err } = await kiln.run(['export', '1', '-o', file]);
  expect({ code, err }).toEqual({ code: 2, err: `kiln: ${file} is there already: choose another name with -o, or remove it.\n` });
  expect(await readFile(file, 'utf8')).toBe('mine');
  expect(await kiln.run(['export', '99', '-o', join(directory, 'no.zip')])).toMatchObject({ err: 'kiln: You have no job 99.\n' });
  const nowhere = join(directory, 'nowhere/one.zip');
  expect(await kiln.run(['export', '1', '-o', nowhere])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^kiln: There is no directory for .*: make it first\.\n$/),
  });
  const wrong = await kiln.run(['export', '1', '-o', join(directory, 'no.zip'), '--license', 'ask me']);
  expect(wrong.err).toMatch(/^kiln: A licence is an identifier of SPDX/);
  expect((await readdir(directory)).filter((name) => name.startsWith('no'))).toEqual([]);
  expect(await kiln.run(['export', '1', '-o', join(directory, 'one.zip')])).toMatchObject({ code: 0 });
  expect((await readFile(join(directory, 'one.zip'))).subarray(0, 2).toString()).toBe('PK');
});

/** Runs a job and unpacks its crate. */
async function exported(name: string, parameters: readonly string[], options: readonly string[] = [], as = name) {
  const { out } = await kiln.run(['submit', name, ...parameters, '--watch', '--json']);
  const id = /"id":\s*"(\d+)"/.exec(out)?.[1];
  if (id === undefined) throw new Error(`No job: ${out}`);
  const crate = join(directory, `crate of ${as}`);
  const { code, err } = await kiln.run(['export', id, '-o', crate, ...options]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return { crate, home: join(kiln.home, 'outputs', `${name}${id}`) };
}

/** Where nothing of this environment is known. */
function runAgain(crate: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return execute('env', ['-i', `PATH=${process.env['PATH']}`, 'sh', 'run.sh', ...args], { cwd: crate }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }) => ({ code, out: stdout, err: stderr }),
  );
}

function isAlive(pid: string): boolean {
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^State:\tZ/m.test(readFileSync(status, 'utf8')); // not every system has somebody who buries orphans
}

/** The text of each file below a directory. */
async function treeOf(root: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.sort().map(async (file) => [file.slice(root.length + 1), await readFile(file, 'utf8')] as const)));
}

async function connector(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(kiln.home, 'payloads', name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
}
