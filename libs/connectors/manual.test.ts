import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkedSweep, FAILURE_ADVICE, type IterationRecord, pointAt, type TaskOutput } from '@kiln/domain';
import { expect, it } from 'vitest';
import { checkConnector } from './doctor.ts';
import { loadFolder } from './load.ts';
import { createConnectorCode } from './run-code.ts';
import { sample, temporary } from './sample-folder.ts';

const manual = await readFile(new URL('../../docs/connectors.md', import.meta.url), 'utf8');

it('the manual has every code of a failure with its advice', () => {
  const rows = [...manual.matchAll(/^\| `([A-Z_]+)` +\| (.*?) +\| (?:yes|no) /gm)].map(([, code, advice]) => [code, advice]);
  expect(rows).toEqual(Object.entries(FAILURE_ADVICE));
});

it('the example of the manual is sound, and finds the lowest point', async () => {
  const { folder, cache } = await sample({ 'connector.ts': /```ts\n([\s\S]*?)```/.exec(manual)?.[1] ?? '' });
  expect((await checkConnector(folder, cache)).map(({ level }) => level)).toEqual(['ok', 'ok', 'ok']);
  const loaded = await loadFolder(folder, cache);
  const { sweep, transform, converged } = createConnectorCode({ loaded, signal: new AbortController().signal });
  const main = await mainOf(await loaded.archive());
  const parameters = { first_step: 1, least_gain: 0.01 };
  const history: IterationRecord[] = [];
  let [starts, done, before]: [string[], boolean, number] = [[], false, 0];
  while (!done && history.length < 20) {
    const iteration = history.length;
    const points = checkedSweep(await sweep(parameters, iteration, history.at(-1) ?? null), 1);
    const tasks: TaskOutput[] = [];
    for (const start of starts.length > 0 ? starts : [null]) {
      for (let n = 0; n < 4; n += 1) tasks.push(await task(main, before + tasks.length + 1, start, pointAt(points, n)));
    }
    before += tasks.length;
    const { scores = {}, keep = [], inputs = [], note = null } = await transform({ parameters, iteration, tasks, history });
    starts = inputs.map(({ files }) => String(files['start']));
    history.push({ iteration, criterion: null, scores, kept: keep, inputs: [], ending: null, note });
    const verdict = await converged({ parameters, iterations: history });
    done = verdict.done;
    history[iteration] = { ...history[iteration], criterion: verdict.criterion ?? null } as IterationRecord; // which was pushed above
  }
  expect(done).toBe(true);
  expect(history.length).toBeGreaterThan(2);
  expect(history.at(-1)?.criterion).toBeLessThan(0.1);
  expect(Object.keys(history[1]?.scores ?? {})).toEqual(['5', '6', '7', '8', '9', '10', '11', '12']);
});

async function mainOf(archive: Buffer): Promise<string> {
  const directory = await temporary();
  const unpacked = promisify(execFile)('tar', ['-xzf', '-', '-C', directory]);
  unpacked.child.stdin?.end(archive);
  await unpacked;
  return join(directory, 'process_payload/main.sh');
}

async function task(main: string, number: number, start: string | null, values: TaskOutput['values']): Promise<TaskOutput> {
  const [input, output] = [await temporary(), await temporary()];
  await mkdir(output, { recursive: true });
  if (start !== null) await writeFile(join(input, 'start'), start);
  await promisify(execFile)(main, [input, output], { env: { PATH: process.env.PATH, step: String(values['step']) } });
  const bytes = (path: string) => readFile(join(output, path));
  return { number, values, bytes, list: async () => [], text: async (path) => String(await bytes(path)) };
}
