import type { Database } from '@kiln/db/connect';
import { type SlotsTaken, slotsTakenAt } from '@kiln/db/slots';
import { type Batch, type Connection, KnownError, type Platform, type Site } from '@kiln/domain';
import { membersOf } from '@kiln/engine/batches';
import { addressOf } from '@kiln/platforms/shells/pool';
import { fromDatabase } from './from-database.ts';

/** A place that was given is taken for so long until the database knows of it; milliseconds. */
const RESERVED = 60_000;

interface Reservation {
  readonly jobId: number;
  readonly wave: number;
  readonly slots: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Holds jobs to the number of tasks that may run at once at a login. */
export interface Admission {
  /** The same site, on which tasks are launched only while there is room for them. */
  guarded(site: Site, platform: Platform): Site;
}

export function createAdmission(db: Database): Admission {
  /** By login and batch: what was given to jobs that have not saved it yet. */
  const given = new Map<string, Map<string, Reservation>>();

  async function admit(connection: Connection, limit: number, jobId: number, batch: Batch): Promise<number> {
    const wave = membersOf(batch.name)?.wave ?? 0;
    const known = await fromDatabase(() => slotsTakenAt(db, connection)); // from here on nothing is awaited: nobody else can take the same place
    const reserved = given.get(addressOf(connection)) ?? new Map<string, Reservation>();
    given.set(addressOf(connection), reserved);
    const isKnown = (one: Reservation) => known.some((other) => other.jobId === one.jobId && other.wave === one.wave);
    for (const [key, one] of reserved) if (one.at < Date.now() - RESERVED || isKnown(one)) reserved.delete(key);
    const key = `${jobId} ${batch.name}`;
    const ofOthers = placesOf(known.filter((one) => one.jobId !== jobId || one.wave !== wave));
    const taken = [...ofOthers, ...[...reserved].flatMap(([other, one]) => (other === key ? [] : [one]))];
    const free = limit - taken.reduce((sum, { slots }) => sum + slots, 0);
    if (free <= 0) throw busy(limit, [...new Set(taken.map((one) => one.jobId))]);
    const slots = Math.min(batch.slots, batch.tasks.length, free);
    reserved.set(key, { jobId, wave, slots, at: Date.now() });
    return slots;
  }

  return {
    guarded(site, { connection, settings }) {
      const limit = settings.limits.tasks;
      if (!connection || limit === null) return site;
      return {
        ...site,
        async launch(job, node, batch) {
          const slots = batch.script === 'main.sh' ? await admit(connection, limit, job.id, batch) : batch.slots;
          return site.launch(job, node, { ...batch, slots });
        },
      };
    },
  };
}

/** A job has no more places than its nodes have slots, whatever waits for them. */
function placesOf(known: readonly SlotsTaken[]): readonly { jobId: number; slots: number }[] {
  const jobs = [...new Set(known.map(({ jobId }) => jobId))];
  return jobs.map((jobId) => {
    const waves = known.filter((one) => one.jobId === jobId);
    const tasks = waves.reduce((sum, one) => sum + one.tasks, 0);
    return { jobId, slots: Math.min(tasks, waves[0]?.slots ?? tasks) };
  });
}

function busy(limit: number, jobs: readonly number[]): KnownError {
  const who = jobs.length === 1 ? `job ${jobs[0]} has` : `jobs ${jobs.slice(0, 10).join(', ')} have`;
  const tasks = limit === 1 ? 'One task' : `${limit} tasks`;
  return new KnownError('PLATFORM_BUSY', `${tasks} may run at once there, and ${who} the places; this job begins when one is free.`, {
    retryable: true,
  });
}
