import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KilnProcess } from './testing/kiln-process.ts';

let kiln: KilnProcess;

beforeAll(async () => {
  kiln = await KilnProcess.create();
  await kiln.addConnector(
    'shaky',
    `description: Fails until a file is there, which its first run makes.
runsOn: unix
reliability: true
parameters:
  mark: { type: string }
command: >-
  echo run $KILN_TASK; if [ -e "$mark" ]; then exit 0; fi; echo not yet >&2; : > "$mark"; exit 3
`,
  );
  await kiln.addConnector('failing', "description: One of two fails.\nrunsOn: unix\nsweep: { n: [1, 2] }\ncommand: '[ $n = 1 ]'\n");
  const folder = join(kiln.home, 'payloads', 'closer');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'connector.ts'),
    `import { defineConnector } from '@kiln/domain';
export default defineConnector({
  description: 'Halves a number.',
  runsOn: 'unix',
  parameters: { gate: { type: 'string', default: '' }, start: { type: 'number', default: 8 } },
  command: 'while [ -n "$gate" ] && [ ! -e "$gate" ]; do sleep 0.05; done; echo $start > "$2/start"',
  transform: () => ({}),
  converged: ({ parameters, iterations }) => ({ done: false, criterion: Number(parameters.start) / 2 ** iterations.length }),
});
`,
  );
  await kiln.start(['up', '--port', '0']).says(/Ctrl-C/);
});
afterAll(() => kiln?.dispose());

async function ended(args: readonly string[]) {
  const { out, err } = await kiln.run(['submit', ...args, '--watch', '--json']);
  if (out === '') throw new Error(err);
  return JSON.parse(out);
}
const json = async (args: readonly string[]) => JSON.parse((await kiln.run([...args, '--json'])).out);

it('a watched job tells what is tried again and why, and the logs of each attempt stay', async () => {
  const mark = join(kiln.home, 'mark-1');
  const { code, out } = await kiln.run(['submit', 'shaky', `mark=${mark}`, 'retry_delay=0', '--watch']);
  expect(out).toMatch(/task 1 failed and is tried again: .*3/);
  expect(out).toMatch(/succeeded after .*\n1 task was tried again, 1 attempt for .* in vain\.\n$/);
  expect(code).toBe(0);
  const [{ id }] = await json(['jobs', '--connector', 'shaky', '--limit', '1']);
  expect((await kiln.run(['logs', id, '1', '--attempt', '1', '--stderr'])).out).toBe('not yet\n');
  expect((await kiln.run(['logs', id, '1', '--stderr'])).out).toBe('');
  expect((await kiln.run(['logs', id, '1', '--attempt', '3'])).code).not.toBe(0);
  expect((await kiln.run(['logs', id, '--attempt', '1'])).code).toBe(2);
});

it('a failed job says how its tasks failed, and goes on with limits that were changed', async () => {
  const { code, out } = await kiln.run(['submit', 'failing', '--watch']);
  expect(code).toBe(1);
  expect(out).toMatch(/1 task EXIT: Read its log/);
  const [{ id }] = await json(['jobs', '--connector', 'failing', '--limit', '1']);
  expect(await kiln.run(['retry', id, '--memory', '8G'])).toMatchObject({ code: 2, err: expect.stringContaining('scheduler') });
  expect(await kiln.run(['retry', id, '--all', '--max-failures', '1'])).toMatchObject({ code: 2 });
  expect((await json(['retry', id, '--max-failures', '50%'])).parameters).toMatchObject({ max_failures: '50%' });
  expect((await kiln.run(['watch', id])).code).toBe(0);
});

it('iterations are listed, stopped after, continued and branched from', async () => {
  const gate = join(kiln.home, 'gate');
  const { id } = await json(['submit', 'closer', `gate=${gate}`, 'maximum_iterations=3']);
  const watch = kiln.start(['watch', id]);
  await watch.says(/stage wait/);
  expect((await kiln.run(['iterations', id])).out).toBe('No iteration has come to its end yet.\n');
  expect((await kiln.run(['stop-after', id])).out).toContain('ends after iteration 0');
  expect((await kiln.run(['stop-after', id, '--undo'])).out).toContain('goes on');
  expect((await kiln.run(['stop-after', id])).code).toBe(0);
  await writeFile(gate, '');
  expect(await watch.ended).toMatchObject({ code: 0, out: expect.stringContaining('criterion 4') });
  expect(await json(['iterations', id])).toMatchObject([{ iteration: 0, criterion: 4, ending: 'STOPPED' }]);

  expect((await kiln.run(['continue', id, '2'])).out).toContain('may go on to iteration 2');
  expect((await kiln.run(['watch', id])).code).toBe(0);
  const { out } = await kiln.run(['iterations', id]);
  expect(out).toMatch(/ITERATION +CRITERION[\s\S]*^ +0 +4\b[\s\S]*^ +2 +1 .*The last one allowed/m);

  const branch = await json(['branch', id, '1', 'start=80', 'maximum_iterations=3']);
  expect(branch).toMatchObject({ branchOf: { job: id, iteration: 1 }, iteration: 2, parameters: { start: 80 } });
  expect((await kiln.run(['watch', branch.id])).code).toBe(0);
  expect(await json(['iterations', branch.id])).toMatchObject([{ criterion: 4 }, { criterion: 2 }, { criterion: 10, ending: 'MAXIMUM' }]);
  expect(await kiln.run(['branch', id, '9'])).toMatchObject({ code: 1, err: expect.stringContaining('Iteration 9') });
  expect(await kiln.run(['branch', id, '1', 'start=much'])).toMatchObject({ code: 2, err: expect.stringMatching(/^kiln: start: /) });
});

it('a job with one iteration says so', async () => {
  const { id } = await ended(['failing']);
  expect((await kiln.run(['iterations', id])).out).toBe(`Job ${id} has one iteration only.\n`);
  expect(await kiln.run(['continue', id, '1'])).toMatchObject({ code: 1, err: expect.stringContaining('one iteration only') });
});
