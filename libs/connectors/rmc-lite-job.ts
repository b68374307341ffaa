import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  countPoints,
  type IterationRecord,
  type Parameters,
  type Point,
  pointAt,
  type SweepFunction,
  type TaskOutput,
  type Transformed,
} from '@kiln/domain';
import definition from '../../payloads/rmc-lite/connector.ts';
import { temporary } from './sample-folder.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../../payloads/rmc-lite/process_payload/main.sh', import.meta.url));

export const DEFAULTS: Parameters = Object.fromEntries(
  Object.entries(definition.parameters ?? {}).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])),
);

export interface Result {
  readonly number: number;
  readonly iteration: number;
  readonly values: Point;
  readonly input: string | null;
  readonly inputDirectory: string;
  readonly directory: string;
}

/** Runs a job of at most so many iterations as Kiln does, two tasks at a time. */
export async function iterate(more: Parameters, maximum: number): Promise<{ history: IterationRecord[]; results: Result[] }> {
  const parameters = { ...DEFAULTS, ...more };
  const root = await temporary();
  const history: IterationRecord[] = [];
  const results: Result[] = [];
  while (history.length < maximum && !history.at(-1)?.ending) {
    const iteration = history.length;
    const tasks = await runTasks(root, parameters, iteration, results.length, history.at(-1) ?? null);
    results.push(...tasks);
    const outputs = { parameters, iteration, tasks: tasks.map(outputOf), history };
    const transformed = (await definition.transform?.(outputs)) ?? {};
    const names = await writeInputs(root, iteration + 1, transformed, tasks);
    const record = recordOf(iteration, transformed, names);
    const verdict = (await definition.converged?.({ parameters, iterations: [...history, record] })) ?? { done: true };
    const ending = verdict.done ? 'converged' : iteration + 1 === maximum ? 'maximum' : null;
    history.push({ ...record, criterion: verdict.criterion ?? null, ending, note: verdict.note ?? record.note });
  }
  return { history, results };
}

async function runTasks(root: string, parameters: Parameters, iteration: number, before: number, previous: IterationRecord | null) {
  const sweep = sweepOf(parameters, iteration, previous);
  const inputs = previous && previous.inputs.length > 0 ? previous.inputs.map(({ name }) => name) : [null];
  const points = Array.from({ length: countPoints(sweep) }, (_, index) => pointAt(sweep, index));
  const tasks = inputs
    .flatMap((input) => points.map((values) => ({ input, values })))
    .map(({ input, values }, index) => ({
      number: before + index + 1,
      iteration,
      values,
      input,
      inputDirectory: join(root, `input_${iteration}`, input ?? ''),
      directory: join(root, `output_${iteration}`, String(before + index + 1)),
    }));
  const waiting = [...tasks];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await mkdir(next.directory, { recursive: true });
      const values = Object.entries({ ...parameters, ...next.values }).map(([name, value]) => `${name}=${value}`);
      await run('env', [...values, MAIN, next.inputDirectory, next.directory]);
    }
  };
  await Promise.all([work(), work()]);
  return tasks;
}

async function writeInputs(root: string, iteration: number, { inputs = [] }: Transformed, tasks: readonly Result[]): Promise<string[]> {
  const names = inputs.map((_, index) => String(index + 1));
  for (const [index, { files }] of inputs.entries()) {
    const directory = join(root, `input_${iteration}`, names[index] ?? '');
    await mkdir(directory, { recursive: true });
    for (const [name, file] of Object.entries(files)) {
      if (typeof file === 'string') await writeFile(join(directory, name), file);
      else await copyFile(join(tasks.find(({ number }) => number === file.task)?.directory ?? '', file.path), join(directory, name));
    }
  }
  return names;
}

export function recordOf(
  iteration: number,
  { scores = {}, keep = [], inputs = [], note }: Transformed,
  names: readonly string[],
): IterationRecord {
  const sets = inputs.map(({ from = null, values = {} }, index) => ({ name: names[index] ?? '', from, values }));
  return { iteration, criterion: null, scores, kept: keep, inputs: sets, ending: null, note: note ?? null };
}

export function sweepOf(...of: globalThis.Parameters<SweepFunction>) {
  if (typeof definition.sweep !== 'function') throw new Error('Its sweep should be a function.');
  return definition.sweep(...of);
}

function outputOf({ number, values, directory }: Result): TaskOutput {
  const bytes = (path: string) => readFile(join(directory, path));
  const list = async () => (await readdir(directory)).map((name) => ({ name, kind: 'file' as const, size: 0, modifiedAt: '' }));
  return { number, values, list, bytes, text: async (path) => (await bytes(path)).toString() };
}
