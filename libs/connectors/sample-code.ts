import { readdir, readFile } from 'node:fs/promises';
import { type ConnectorCode, type IterationOutputs, type IterationRecord, type TaskOutput } from '@kiln/domain';
import { loadFolder } from './load.ts';
import { type CodeOptions, createConnectorCode } from './run-code.ts';
import { MINIMAL, sample } from './sample-folder.ts';

const { 'process_payload/main.sh': main = '' } = MINIMAL;
/** Shorter than Kiln's own, long enough for a slow machine. */
export const LIMITS = { transform: 20_000, decision: 20_000, memory: 128 };

/** The code of a connector called `sample` with these functions; `top` stands before them. */
export async function code(functions: string, more: Partial<CodeOptions> = {}, top = ''): Promise<ConnectorCode> {
  const definition = `description: 'x', runsOn: 'unix', parameters: { step: { default: 1, minimum: 0 } }, ${functions}`;
  const files = { 'process_payload/main.sh': main, 'connector.ts': `${top}\nexport default { ${definition} };` };
  const { folder, cache } = await sample(files);
  const loaded = await loadFolder(folder, cache);
  return createConnectorCode({ loaded, signal: new AbortController().signal, limits: LIMITS, ...more });
}

export const RECORD: IterationRecord = { iteration: 0, criterion: 0.5, scores: { 1: 2 }, kept: [1], inputs: [], ending: null, note: null };

/** A task whose files hold their own names, or what `read` gives. */
export function task(number: number, read: (path: string) => Promise<string> = async (path) => `${path} of ${number}`): TaskOutput {
  return {
    number,
    values: { seed: number },
    list: async (path = '') => [{ name: `in ${path}`, kind: 'file', size: 3, modifiedAt: '2026-01-01T00:00:00Z' }],
    text: read,
    bytes: async (path) => Buffer.from(await read(path)),
  };
}

export function outputs(tasks: readonly TaskOutput[] = [task(4), task(5)]): IterationOutputs {
  return { parameters: { step: 2 }, iteration: 1, tasks, history: [RECORD] };
}

export async function transformOf(body: string, more: Partial<CodeOptions> = {}, top = '') {
  return (await code(`transform: ${body}`, more, top)).transform(outputs());
}

/** What a call fails with. */
export async function failure(call: Promise<unknown>): Promise<Error> {
  const result = await call.then(
    () => new Error('It did not fail.'),
    (error: unknown) => error,
  );
  return result instanceof Error ? result : new Error(`It threw ${String(result)}.`);
}

/** The ids of processes that have this word on their command lines. */
export async function processesNamed(word: string): Promise<readonly string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''))); // '' : it has just ended
  return ids.filter((_, i) => lines[i]?.split('\0').includes(word));
}
