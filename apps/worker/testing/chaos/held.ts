import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Armed, Hit } from './points.ts';
import { type Supervised, supervise } from './supervised.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Starts the worker of `worker-process.ts`; with `shift` under a clock of its own, see `shift-clock.ts`. */
export function pointedWorker(url: string, home: string, control: string, shift?: string): Promise<Supervised> {
  const clock = shift === undefined ? [] : ['--import', here('./shift-clock.ts')];
  const environment = shift === undefined ? process.env : { ...process.env, KILN_CLOCK_SHIFT: shift };
  const argv = [process.execPath, '--import', 'tsx', ...clock, here('./worker-process.ts'), url, home, control];
  return supervise(argv, environment, join(control, 'worker.log'));
}

/** Has each of these jobs held at a point. */
export async function hold(control: string, held: readonly Pick<Armed, 'point' | 'job'>[]): Promise<void> {
  const armed = held.map((one, id): Armed => ({ ...one, id, victim: 'nobody' }));
  await writeFile(join(control, 'armed.json'), JSON.stringify(armed));
}

/** Resolves with who is held, once all of them are. */
export async function heldBy(control: string, count: number): Promise<readonly number[]> {
  const pids: number[] = [];
  for (let id = 0; id < count; id += 1) {
    for (let text = ''; text === ''; await sleep(20)) text = await readFile(join(control, `hit-${id}`), 'utf8').catch(() => ''); // not yet
    pids.push((JSON.parse(await readFile(join(control, `hit-${id}`), 'utf8')) as Hit).pid); // `observer` alone writes it
  }
  return pids;
}

export async function letGo(control: string, count: number): Promise<void> {
  for (let id = 0; id < count; id += 1) await writeFile(join(control, `done-${id}`), '');
}

/** What processes said so far of their saves. */
export async function saves(control: string): Promise<readonly string[]> {
  const text = await readFile(join(control, 'saves'), 'utf8').catch(() => ''); // nobody saved anything yet
  return text.split('\n').filter(Boolean);
}

/** Resolves when, after the `before` first ones, a process said of a save of this job in this stage whether it counted. */
export async function saved(control: string, before: number, pid: number, job: number | undefined, stage: string): Promise<boolean> {
  for (; ; await sleep(20)) {
    const line = (await saves(control)).slice(before).find((one) => one.startsWith(`${pid} ${job} ${stage}:`));
    if (line) return line.endsWith('true');
  }
}
