import type { Database } from '@kiln/db/connect';
import { slotsTakenAt } from '@kiln/db/slots';
import { type Connection, KnownError, type Platform, type Site } from '@kiln/domain';
import { addressOf } from '@kiln/platforms/shells/pool';

/** A place that was given is taken for so long until the database knows of it; milliseconds. */
const RESERVED = 60_000;

/** Holds jobs to the number of tasks that may run at once at a login. */
export interface Admission {
  /** The same site, on which tasks are launched only while there is room for them. */
  guarded(site: Site, platform: Platform): Site;
}

export function createAdmission(db: Database): Admission {
  /** By login and job: what was given to jobs that have not saved it yet. */
  const given = new Map<string, Map<number, { readonly slots: number; readonly at: number }>>();

  async function admit(connection: Connection, limit: number, jobId: number, wanted: number): Promise<number> {
    const known = await slotsTakenAt(db, connection); // from here on nothing is awaited: nobody else can take the same place
    const reserved = given.get(addressOf(connection)) ?? new Map<number, { slots: number; at: number }>();
    given.set(addressOf(connection), reserved);
    for (const [id, { at }] of reserved) if (at < Date.now() - RESERVED || known.some((one) => one.jobId === id)) reserved.delete(id);
    const taken = [...known, ...[...reserved].map(([id, { slots }]) => ({ jobId: id, slots }))].filter((one) => one.jobId !== jobId);
    const free = limit - taken.reduce((sum, { slots }) => sum + slots, 0);
    if (free <= 0)
      throw busy(
        limit,
        taken.map((one) => one.jobId),
      );
    const slots = Math.min(wanted, free);
    reserved.set(jobId, { slots, at: Date.now() });
    return slots;
  }

  return {
    guarded(site, { connection, settings }) {
      const limit = settings.limits.tasks;
      if (!connection || limit === null) return site;
      return {
        ...site,
        async launch(job, node, batch) {
          const slots =
            batch.script === 'main.sh' ? await admit(connection, limit, job.id, Math.min(batch.slots, batch.tasks.length)) : batch.slots;
          return site.launch(job, node, { ...batch, slots });
        },
      };
    },
  };
}

function busy(limit: number, jobs: readonly number[]): KnownError {
  const who = jobs.length === 1 ? `job ${jobs[0]} has` : `jobs ${jobs.slice(0, 10).join(', ')} have`;
  const tasks = limit === 1 ? 'One task' : `${limit} tasks`;
  return new KnownError('PLATFORM_BUSY', `${tasks} may run at once there, and ${who} the places; this job begins when one is free.`, {
    retryable: true,
  });
}
