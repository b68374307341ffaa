import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@kiln/testing/random';
import type { Machinery } from './machinery.ts';
import type { Item, Plan } from './plan.ts';
import { type Armed, type Hit, SELF } from './points.ts';
import { killOne } from './victims.ts';

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
  const { control } = machinery;
  const kills: Kill[] = [];
  const note = (what: string, point: string | null, job: number | null) => kills.push({ at: Date.now(), what, point, job });
  let armed: readonly Waiting[] = [];
  let last = 0;

  async function arm(next: readonly Waiting[]): Promise<void> {
    armed = next;
    const hidden = join(control, 'armed.next');
    await writeFile(hidden, JSON.stringify(armed.map(({ id, point, victim }): Armed => ({ id, point, victim }))));
    await rename(hidden, join(control, 'armed.json'));
  }

  /** True if somebody came there. */
  async function meet({ id, item, victim, point }: Waiting): Promise<boolean> {
    const hit = await readHit(join(control, `hit-${id}`));
    if (!hit) return false;
    if (victim === SELF) note(`worker ${hit.pid}`, point, hit.job);
    else {
      const what = await killOne(item.victim, machinery, random, hit);
      await writeFile(join(control, `done-${id}`), '');
      if (what) note(what, point, hit.job);
      else plan.missed(item);
    }
    return true;
  }

  for (; killed(kills) < wanted && Date.now() < until && !signal.aborted; await sleep(TURN)) {
    const still: Waiting[] = [];
    for (const one of armed) {
      if (await meet(one)) continue;
      if (Date.now() - one.since < PATIENCE) still.push(one);
      else plan.missed(one.item);
    }
    const before = last;
    while (still.length < ARMED) {
      const item = plan.take(still.map(({ point }) => point));
      still.push({ id: ++last, point: item.point, victim: item.victim, item, since: Date.now() });
    }
    if (last > before) await arm(still);
    if (plan.left() === 0 && random.chance(ANY_MOMENT)) {
      const what = await killOne(plan.anyVictim(), machinery, random, null);
      if (what) note(what, null, null);
    }
  }
  await release();
  return kills;

  /** Nobody waits for what will not come. */
  async function release(): Promise<void> {
    const given = armed;
    await rm(join(control, 'armed.json'), { force: true });
    await sleep(TURN);
    for (const one of given) if (one.victim === SELF) await meet(one);
    for (let id = 1; id <= last; id += 1) await writeFile(join(control, `done-${id}`), '');
  }
}

/** Whoever only stood still was not killed. */
export function killed(kills: readonly Kill[]): number {
  return kills.filter(({ what }) => !what.startsWith('pause')).length;
}

async function readHit(file: string): Promise<Hit | null> {
  if (!existsSync(file)) return null;
  const text = await readFile(file, 'utf8');
  return text === '' ? null : (JSON.parse(text) as Hit); // `observer` writes it; empty for a moment, or for good if it was killed then
}
