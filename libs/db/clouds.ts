import { hasEnded, JOB_STATUSES, jobDirectory, type Platform } from '@kiln/domain';
import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { platformColumns } from './platforms.ts';
import { jobs, platforms } from './schema.ts';

/** With when it was removed: such a one is among them until what Kiln made there is removed. */
export async function clouds(db: Database): Promise<readonly (Platform & { readonly removedAt: string | null })[]> {
  return db.orm
    .select({ ...platformColumns, removedAt: platforms.deletedAt })
    .from(platforms)
    .where(and(isNotNull(platforms.cloud), isNotNull(platforms.credential)));
}

/** What opens a cloud, sealed, also one that was removed. */
export async function cloudCredential(db: Database, name: string): Promise<Buffer | null> {
  const [row] = await db.orm.select({ credential: platforms.credential }).from(platforms).where(eq(platforms.name, name));
  return row?.credential ?? null;
}

/** Nothing of Kiln is left there. */
export async function forgetRemovedCloud(db: Database, name: string): Promise<void> {
  await db.orm
    .update(platforms)
    .set({ credential: null })
    .where(and(eq(platforms.name, name), isNotNull(platforms.deletedAt)));
}

/** The directories of jobs that have not ended. */
export async function liveDirectories(db: Database): Promise<ReadonlySet<string>> {
  const live = JOB_STATUSES.filter((status) => !hasEnded(status));
  const rows = await db.orm.select({ id: jobs.id, connector: jobs.connector }).from(jobs).where(inArray(jobs.status, live));
  return new Set(rows.map(jobDirectory));
}
