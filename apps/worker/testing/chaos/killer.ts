import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@kiln/testing/random';
import { Arming } from './arming.ts';
import type { Machinery } from './machinery.ts';
import type { Item, Plan } from './plan.ts';
import { type Armed, type Hit, SELF } from './points.ts';
import { type Killed, killOne, type Victim } from './victims.ts';

export interface KillerOptions {
  readonly machinery: Machinery;
  readonly plan: Plan;
  readonly random: Random;
  readonly kills: number;
  /** When it ends, however many there were; milliseconds since 1970. */
  readonly until: number;
  readonly signal: AbortSignal;
}

/** What was killed: at a point, or at any moment. */
export interface Kill {
  readonly at: number;
  readonly what: string;
  readonly point: string | null;
  readonly job: number | null;
}

/** Points that are armed at the same time. */
const ARMED = 6;
/** Milliseconds after which nobody is expected at a point any more. */
const PATIENCE = 20_000;
const TURN = 15;
/** Of a kill at no point, each turn, once the plan is through. */
const ANY_MOMENT = 0.004;

interface Waiting extends Armed {
  readonly item: Item;
  readonly since: number;
}

/** Kills what is planned at its points, then what chance wants, until there were enough. */
export async function killThings({ machinery, plan, random, kills: wanted, until, signal }: KillerOptions): Promise<readonly Kill[]> {
  const arming = new Arming(machinery.control);
  const kills: Kill[] = [];
  const note = (what: string, point: string | null, job: number | null) => kills.push({ at: Date.now(), what, point, job });
  /** Of those who came to a point and may not go on yet. */
  const held = new Set<Promise<void>>();
  /** Workers that stand still. */
  let standing = 0;
  let armed: readonly Waiting[] = [];
  let last = 0;

  for (; killed(kills) < wanted && Date.now() < until && !signal.aborted; await sleep(TURN)) {
    const still: Waiting[] = [];
    for (const one of armed) {
      if (await meet(one)) continue;
      if (Date.now() - one.since < PATIENCE) still.push(one);
      else await giveUp(one);
    }
    const changed = still.length < armed.length || still.length < ARMED;
    while (still.length < ARMED) {
      const awake = standing > 0 || still.some(({ item }) => item.victim === 'pause');
      const item = plan.take(
        still.map(({ point }) => point),
        awake,
      );
      still.push({ id: ++last, point: item.point, victim: item.victim, item, since: Date.now() });
    }
    armed = still;
    if (changed) await arming.set(still.map(({ id, point, victim }): Armed => ({ id, point, victim })));
    if (plan.left() === 0 && random.chance(ANY_MOMENT)) await kill(plan.anyVictim(), null, null);
  }
  await release();
  return kills;

  /** True if somebody came there. */
  async function meet({ id, item, point }: Waiting): Promise<boolean> {
    const hit = await arming.hit(id);
    if (!hit) return false;
    if (item.victim === SELF) note(`worker ${hit.pid}`, point, hit.job);
    else {
      const killed = await kill(item.victim, point, hit);
      if (!killed) plan.missed(item);
      const over = (killed?.over ?? Promise.resolve()).then(() => arming.letGo(id));
      held.add(over);
      over.finally(() => held.delete(over));
    }
    return true;
  }

  async function kill(victim: Victim, point: string | null, hit: Hit | null): Promise<Killed | null> {
    const killed = await killOne(victim, machinery, random, hit);
    if (killed) note(killed.what, point, hit?.job ?? null);
    if (killed && victim === 'pause') {
      standing += 1;
      killed.over.finally(() => {
        standing -= 1;
      });
    }
    return killed;
  }

  async function giveUp({ id, item }: Waiting): Promise<void> {
    await arming.letGo(id); // somebody may come there just now
    plan.missed(item);
  }

  /** Nobody waits for what will not come. */
  async function release(): Promise<void> {
    await arming.set([]);
    await sleep(TURN);
    for (const one of armed) if (one.victim !== SELF || !(await meet(one))) await arming.letGo(one.id);
    await Promise.all(held);
  }
}

/** Whoever only stood still was not killed. */
export function killed(kills: readonly Kill[]): number {
  return kills.filter(({ what }) => !what.startsWith('pause')).length;
}
