import type { Random } from '@kiln/testing/random';
import { LAST_POINTS, SLOT_POINTS, SUBMIT_POINTS } from './node-points.ts';
import { SLOT_VICTIMS, SUBMIT_VICTIMS, type Victim } from './victims.ts';

export interface Combination {
  readonly point: string;
  readonly victim: Victim;
}

export interface Item extends Combination {
  /** How often nobody came to the point, or there was nothing to kill. */
  readonly misses: number;
}

/**
 * Every combination of point and victim once, by turns of what they try: workers that die, each at its own points; what dies around them;
 * on nodes, runners between the lines of their journals and submissions before their answers; workers that are late. What cannot be met goes to the end, and after a second time away.
 */
export class Plan {
  private readonly all: readonly Combination[];
  private readonly items: Item[];
  /** What was given up. */
  readonly unmet: Item[] = [];

  /** `points` are those of workers. */
  constructor(
    points: readonly string[],
    private readonly victims: readonly Victim[],
    private readonly random: Random,
  ) {
    const of = (some: readonly string[], killed: readonly Victim[]) => some.flatMap((point) => killed.map((victim) => ({ point, victim })));
    const saves = points.filter((point) => /:(save|move):before$/.test(point));
    const launches = points.filter((point) => point.startsWith('execute:'));
    const own = shuffled(of(points, ['worker']), random);
    const others = victims.filter((victim) => victim !== 'worker' && victim !== 'pause');
    const around = shuffled(
      [
        ...of(points, others),
        ...of(
          points.filter((point) => !saves.includes(point)),
          ['pause'],
        ),
      ],
      random,
    );
    const submits = victims.includes('sshd') ? of(SUBMIT_POINTS, SUBMIT_VICTIMS) : [];
    const onNodes = shuffled([...of(SLOT_POINTS, SLOT_VICTIMS), ...of(LAST_POINTS, ['runner']), ...submits], random);
    const late = shuffled([...of(saves, ['pause']), ...of(launches, ['worker'])], random);
    this.all = [...own, ...around, ...onNodes, ...late];
    this.items = byTurns([own, onNodes, around, own, onNodes, late]).map((one) => ({ ...one, misses: 0 }));
  }

  left(): number {
    return this.items.length;
  }

  /** The next item at none of these points, `awake` if no worker is to stand still for it; chance decides when all have been met. */
  take(taken: readonly string[], awake: boolean): Item {
    const fits = ({ point, victim }: Combination) => !taken.includes(point) && !(awake && victim === 'pause');
    const at = this.items.findIndex(fits);
    const [item] = at < 0 ? [] : this.items.splice(at, 1);
    return item ?? { ...pick(this.all.filter(fits), this.random), misses: 1 };
  }

  anyVictim(): Victim {
    return pick(this.victims, this.random);
  }

  missed(item: Item): void {
    if (item.misses === 0) this.items.push({ ...item, misses: 1 });
    else this.unmet.push(item);
  }
}

/** One of each list, again and again; a list may have several turns. */
function byTurns<T>(lists: readonly (readonly T[])[]): T[] {
  const taken = new Map<readonly T[], number>();
  const result: T[] = [];
  for (let more = true; more; ) {
    more = false;
    for (const list of lists) {
      const at = taken.get(list) ?? 0;
      const [one] = list.slice(at, at + 1);
      if (one === undefined) continue;
      taken.set(list, at + 1);
      result.push(one);
      more = true;
    }
  }
  return result;
}

export function pick<T>(all: readonly T[], random: Random): T {
  const one = all[random.between(0, all.length - 1)];
  if (one === undefined) throw new Error('There is nothing to choose from.');
  return one;
}

function shuffled<T>(all: readonly T[], random: Random): T[] {
  return all
    .map((one) => ({ one, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
