import { clouds, forgetRemovedCloud, liveDirectories } from '@kiln/db/clouds';
import type { Database } from '@kiln/db/connect';
import { isEldest } from '@kiln/db/retention';
import { KnownError, type Platform } from '@kiln/domain';
import type { CloudProvider } from '@kiln/platforms/clouds/provider';
import type { Logger } from 'pino';
import { type CloudReaper, createCloudReaper } from './reap-cloud.ts';
import { createRounds, type Rounds } from './rounds.ts';

export interface ReaperOptions {
  readonly db: Database;
  /** The cloud of a platform, removed ones too. */
  readonly provider: (platform: Platform, signal: AbortSignal) => Promise<CloudProvider>;
  /** Of this worker at the moment: of several, one looks. */
  readonly workerId: () => string;
  readonly log: Logger;
  /** Milliseconds between two rounds. */
  readonly period?: number;
}

type RemovablePlatform = Platform & { readonly removedAt: string | null };

const FIVE_MINUTES = 300_000;
/** Clouds that are looked at together: one that is silent does not hold up the others. */
const AT_ONCE = 8;
/** Milliseconds for one platform. */
const LIMIT = 120_000;
/** Milliseconds for which a removed platform whose login is refused is tried: every try counts towards what locks accounts. */
const A_DAY = 86_400_000;
/** Periods that a removed platform is looked at for at least. */
const SETTLED = 3;

/**
 * Gives machines back that this installation made and whose job is not living: a worker that is killed just when it asks for a machine, or
 * one that stood still while others ended its job, leaves such. Of platforms that were removed it takes away what let Kiln in.
 */
export function createReaper({ db, provider, workerId, log, period = FIVE_MINUTES }: ReaperOptions): Rounds {
  /** By the tag of the cloud. */
  const reapers = new Map<string, CloudReaper>();

  async function round(closing: AbortSignal): Promise<void> {
    if (!(await isEldest(db, workerId()))) return;
    const all = await clouds(db);
    for (let i = 0; i < all.length; i += AT_ONCE)
      await Promise.all(all.slice(i, i + AT_ONCE).map((platform) => tryToReap(platform, closing)));
  }

  async function tryToReap(platform: RemovablePlatform, closing: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([closing, AbortSignal.timeout(LIMIT)]);
    await reap(platform, signal).catch(async (error: unknown) => {
      closing.throwIfAborted();
      if (isClosedForGood(platform, error)) {
        log.error({ err: error, platform: platform.name }, 'a removed cloud lets Kiln in no more: look there for what Kiln left');
        await forgetRemovedCloud(db, platform.name);
        return;
      }
      log.warn({ err: error, platform: platform.name }, 'machines in a cloud could not be looked at; it is tried again later');
    });
  }

  async function reap(platform: RemovablePlatform, signal: AbortSignal): Promise<void> {
    if (!platform.cloud) return;
    const { tag, bootTimeout } = platform.cloud;
    const reaper = reapers.get(tag) ?? createCloudReaper(SETTLED * period);
    reapers.set(tag, reaper);
    const removedFor = platform.removedAt === null ? null : Date.now() - Date.parse(platform.removedAt);
    const { machines, withdrawn } = await reaper.reap(await provider(platform, signal), {
      ...{ removedFor, bootTimeout },
      living: () => liveDirectories(db),
    });
    for (const { name, job } of machines)
      log.info({ platform: platform.name, machine: name, job }, 'a machine that no job needs was given back');
    if (!withdrawn) return;
    await forgetRemovedCloud(db, platform.name);
    reapers.delete(tag);
  }

  return createRounds({ round, period, first: 0, log, failed: 'the look at machines in clouds failed; it is tried again later' });
}

function isClosedForGood({ removedAt }: { readonly removedAt: string | null }, error: unknown): boolean {
  const refused = error instanceof KnownError && error.code === 'LOGIN_REFUSED';
  return refused && removedAt !== null && Date.now() - Date.parse(removedAt) > A_DAY;
}
