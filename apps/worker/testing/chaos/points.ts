import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, World } from '@kiln/domain';
import type { Observer } from '../../advance.ts';

/** What is to be killed by the first process that comes to a point: `wait:site.look:before`. */
export interface Armed {
  readonly id: number;
  readonly point: string;
  readonly victim: string;
  /** Only when it is this job's. */
  readonly job?: number;
}

/** Who came to a point, as it says in the file `hit-ID`. */
export interface Hit {
  readonly pid: number;
  readonly job: number;
}

/** A worker's answer to `victim`: it ends itself at once. Any other is the business of whoever armed the point. */
export const SELF = 'worker';

/**
 * Has the worker of this process look into `directory` at each point that it comes to, before and after each call that a stage makes of
 * a site, a storage or a connector's code, and before and after each save. `armed.json` says what is to be killed where. Whoever comes
 * first makes `hit-ID`, and either ends itself or waits for `done-ID`. `points` gets every point that was seen, `saves` what saves said.
 */
export function observer(directory: string): Observer {
  const seen = new Set<string>();

  async function at(job: Pick<Job, 'id' | 'stage'>, call: string): Promise<void> {
    const point = `${job.stage}:${call}`;
    if (!seen.has(point)) appendFileSync(join(directory, 'points'), `${point}\n`);
    seen.add(point);
    const armed = armedIn(directory).filter((one) => one.point === point && (one.job === undefined || one.job === job.id));
    for (const { id, victim } of armed) {
      if (!take(directory, id, { pid: process.pid, job: job.id })) continue;
      if (victim === SELF) process.kill(process.pid, 'SIGKILL');
      while (!isDone(directory, id)) await sleep(5);
      return;
    }
  }

  return {
    world: (job, world): World => ({
      ...world,
      site: watched(world.site, (call) => at(job, `site.${call}`)),
      storage: watched(world.storage, (call) => at(job, `storage.${call}`)),
      code: watched(world.code, (call) => at(job, `code.${call}`)),
    }),
    async save(job, step, save) {
      const call = step.stage === job.stage ? 'save' : 'move';
      await at(job, `${call}:before`);
      const saved = await save();
      appendFileSync(join(directory, 'saves'), `${process.pid} ${job.id} ${job.stage}:${call} ${saved}\n`);
      await at(job, `${call}:after`);
      return saved;
    },
  };
}

/** The points that workers came to so far, first ones first. */
export async function pointsSeen(directory: string): Promise<readonly string[]> {
  const text = await readFile(join(directory, 'points'), 'utf8');
  return [...new Set(text.trim().split('\n'))];
}

/** Calls of which nothing is waited for. */
const UNWATCHED = ['follow', 'outlet', 'inlet'];
/** Calls that give a stream. */
const STREAMS = ['collect', 'pack'];

function watched<T extends object>(target: T, at: (call: string) => Promise<void>): T {
  return new Proxy(target, {
    get(_target, name) {
      const value: unknown = Reflect.get(target, name);
      const call = String(name);
      if (typeof value !== 'function' || UNWATCHED.includes(call)) return value;
      const invoke = (...args: unknown[]) => Reflect.apply(value, target, args);
      if (STREAMS.includes(call)) return (...args: unknown[]) => streamed(call, () => invoke(...args), at);
      return async (...args: unknown[]) => {
        await at(`${call}:before`);
        const result = await invoke(...args);
        await at(`${call}:after`);
        return result;
      };
    },
  });
}

async function* streamed(call: string, open: () => AsyncIterable<unknown>, at: (call: string) => Promise<void>) {
  await at(`${call}:before`);
  let first = true;
  for await (const piece of open()) {
    yield piece;
    if (first) await at(`${call}:amid`);
    first = false;
  }
  await at(`${call}:after`);
}

function armedIn(directory: string): readonly Armed[] {
  try {
    return JSON.parse(readFileSync(join(directory, 'armed.json'), 'utf8')) as readonly Armed[]; // the harness alone writes it
  } catch {
    return []; // Nothing was armed so far.
  }
}

function take(directory: string, id: number, hit: Hit): boolean {
  try {
    writeFileSync(join(directory, `hit-${id}`), JSON.stringify(hit), { flag: 'wx' });
    return true;
  } catch {
    return false; // Another process was here before.
  }
}

function isDone(directory: string, id: number): boolean {
  try {
    readFileSync(join(directory, `done-${id}`));
    return true;
  } catch {
    return false; // Not yet.
  }
}
