import type { Random } from '@kiln/testing/random';
import { VICTIMS, type Victim } from './victims.ts';

export interface Item {
  readonly point: string;
  readonly victim: Victim;
  /** How often nobody came to the point, or there was nothing to kill. */
  readonly misses: number;
}

/**
 * Every combination of point and victim once: the workers, each at its own points, by turns with all others. What cannot be met goes to
 * the end, and after a second time away.
 */
export class Plan {
  private readonly items: Item[];
  /** What was given up. */
  readonly unmet: Item[] = [];

  constructor(
    private readonly points: readonly string[],
    private readonly victims: readonly Victim[],
    private readonly random: Random,
  ) {
    const of = (some: readonly Victim[]) =>
      shuffled(
        some.flatMap((victim) => points.map((point) => ({ point, victim, misses: 0 }))),
        random,
      );
    const [own, others] = [of(victims.filter((victim) => victim === 'worker')), of(victims.filter((victim) => victim !== 'worker'))];
    this.items = Array.from({ length: Math.max(own.length, others.length) }, (_, i) => [own[i], others[i]])
      .flat()
      .filter((item) => item !== undefined);
  }

  left(): number {
    return this.items.length;
  }

  /** The next item; chance decides when all have been met. */
  take(taken: readonly string[]): Item {
    const at = this.items.findIndex(({ point }) => !taken.includes(point));
    const [item] = at < 0 ? [] : this.items.splice(at, 1);
    return item ?? { point: pick(this.points, this.random), victim: pick(this.victims, this.random), misses: 1 };
  }

  anyVictim(): Victim {
    return pick(this.victims, this.random);
  }

  missed(item: Item): void {
    if (item.misses === 0) this.items.push({ ...item, misses: 1 });
    else this.unmet.push(item);
  }
}

export function victimsHere(remote: boolean): readonly Victim[] {
  return VICTIMS.filter((victim) => remote || victim !== 'sshd');
}

function pick<T>(all: readonly T[], random: Random): T {
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
