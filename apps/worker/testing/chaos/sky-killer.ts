import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@kiln/testing/random';
import { type Kill, killed } from './killer.ts';
import type { Machinery } from './machinery.ts';
import { pick } from './plan.ts';
import type { Blow, Strike } from './sky.ts';
import { type Call, type CallName, processAt } from './sky-calls.ts';
import { atItsEnd } from './stand-still.ts';
import { killOne, type Victim } from './victims.ts';

export interface SkyKiller {
  readonly kills: readonly Kill[];
  readonly strike: Strike;
  /** Resolves when there were enough. */
  readonly enough: Promise<void>;
  /** Resolves when all go on that were only made to stand still. */
  awake(): Promise<void>;
}

export interface SkyKillerOptions {
  readonly machinery: Machinery;
  readonly random: Random;
  readonly kills: number;
}

/** How often one of these calls is taken for a kill once one is due: most calls are lists, and what matters is that machines are made and end. */
const TAKEN: Readonly<Record<CallName, number>> = { create: 0.8, note: 0.4, destroy: 0.8, look: 0.4, list: 0.06, other: 0.06 };
/** Milliseconds from one kill to the next at most. */
const PAUSE = 800;
/** `asker` is the worker that asks, `worker` any. */
const VICTIMS: readonly (Victim | 'asker')[] = ['asker', 'asker', 'asker', 'asker', 'asker', 'asker', 'api', 'api', 'worker', 'pause'];
const WHENS: readonly Blow['when'][] = ['before', 'late', 'amid', 'after'];
const WHENS_OF_CREATE: readonly Blow['when'][] = [...WHENS, 'late', 'late'];
/** Of what happens late, in milliseconds; and how much of what is made then waits until its job has ended: no other step of the job meets it. */
const LATE = 6000;
const TOO_LATE = 0.7;

/** Kills at calls that a cloud gets. */
export function skyKiller({ machinery, random, kills: wanted }: SkyKillerOptions): SkyKiller {
  const kills: Kill[] = [];
  const standing = new Set<Promise<void>>();
  let due = 0;
  let over = () => {};
  const enough = new Promise<void>((resolve) => {
    over = resolve;
  });

  function strike(call: Call): Blow | null {
    if (killed(kills) >= wanted || Date.now() < due || !random.chance(TAKEN[call.name])) return null;
    due = Date.now() + random.between(0, PAUSE);
    const when = pick(call.name === 'create' ? WHENS_OF_CREATE : WHENS, random);
    const victim = when === 'late' ? 'asker' : pick(VICTIMS, random);
    return { when, late: () => lateness(call), fall: () => fall(call, victim, when) };
  }

  function lateness({ name, job }: Call): Promise<unknown> {
    const tooLate = name === 'create' && job !== null && random.chance(TOO_LATE);
    return tooLate ? atItsEnd(machinery, job) : sleep(random.between(0, LATE));
  }

  async function fall({ name, job, port }: Call, victim: Victim | 'asker', when: Blow['when']): Promise<boolean> {
    const asker = await processAt(port, pidsOf(machinery));
    const near = asker !== null && victim !== 'worker' ? { pid: asker, job } : null;
    if (victim === 'pause' && (standing.size > 0 || !near)) return false; // the others are to take its jobs on
    const done = await killOne(victim === 'asker' ? 'worker' : victim, machinery, random, near);
    if (!done) return false;
    kills.push({ at: Date.now(), what: done.what, point: `${name} (${when})`, job });
    if (victim === 'pause') {
      standing.add(done.over);
      done.over.finally(() => standing.delete(done.over));
    }
    if (killed(kills) >= wanted) over();
    return victim === 'asker' && near !== null;
  }

  return { kills, strike, enough, awake: async () => void (await Promise.all(standing)) };
}

function pidsOf({ workers }: Machinery): readonly number[] {
  return workers.flatMap((worker) => worker.pid() ?? []);
}
