import { seeded } from '@kiln/testing/random';
import { feed } from './feeder.ts';
import { counted, judge, referencesOf, tell } from './judge.ts';
import { killed, killThings } from './killer.ts';
import { CLUSTER, type Login, REMOTE, startMachinery } from './machinery.ts';
import { Plan } from './plan.ts';
import { pointsSeen } from './points.ts';
import { submissions, writeConnectors } from './submissions.ts';
import { victimsHere } from './victims.ts';

export interface ChaosOptions {
  readonly kills: number;
  readonly seed: number;
  /** Of killing, at most. */
  readonly minutes: number;
  /** See `startMachinery`. */
  readonly login: Login | null;
  /** Where all that was written is copied if something is wrong. */
  readonly keep: string | null;
  readonly say: (line: string) => void;
}

export interface Chaos {
  readonly kills: number;
  readonly jobs: number;
  /** Nothing, if all is as it must be. */
  readonly wrong: readonly string[];
}

const AT_ONCE = 10;
/** An element of an array job that was killed is missed for half a minute before it is lost, and its next attempt waits in a queue that others use. */
const PATIENCE = 240_000;
const FAR: readonly string[] = [REMOTE, CLUSTER];

/** Runs jobs undisturbed, then others while everything is killed, and compares. */
export async function chaos({ kills: wanted, seed, minutes, login, keep, say }: ChaosOptions): Promise<Chaos> {
  const machinery = await startMachinery(login);
  try {
    await writeConnectors(machinery.home);
    const all = submissions(machinery.effects, REMOTE, CLUSTER).filter(({ parameters }) => login || !FAR.includes(parameters.platform));
    const calm = await feed({
      ...{ machinery, submissions: all, name: 'calm', atOnce: all.length, patience: PATIENCE },
      more: (count) => count < all.length,
    });
    const references = await referencesOf(machinery, calm);
    const points = [...(await pointsSeen(machinery.control))].sort();
    say(`${calm.length} jobs ended undisturbed; they came to ${points.length} points`);

    const random = seeded(seed);
    const plan = new Plan(points, victimsHere(login !== null), random);
    const failed = new AbortController();
    let killing = true;
    const feeding = feed({ machinery, submissions: all, name: 'chaos', atOnce: AT_ONCE, more: () => killing, patience: PATIENCE });
    feeding.catch(() => failed.abort());
    const until = Date.now() + minutes * 60_000;
    const kills = await killThings({ machinery, plan, random, kills: wanted, until, signal: failed.signal });
    killing = false;
    say(`${counted(kills)}; ${plan.left()} combinations not come to, ${plan.unmet.length} impossible`);
    const jobs = await feeding.catch((error: unknown) => String(error));
    const wrong = typeof jobs === 'string' ? [jobs] : await judge(machinery, [...calm, ...jobs], references, kills);
    await tell(wrong, kills, { machinery, seed, keep, say });
    return { kills: killed(kills), jobs: typeof jobs === 'string' ? 0 : jobs.length, wrong };
  } finally {
    await machinery.close();
  }
}
