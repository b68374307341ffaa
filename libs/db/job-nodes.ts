import { asc, inArray } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { nodes } from './schema-runs.ts';

export type NodeRow = typeof nodes.$inferSelect;

/** The nodes of each of the jobs, in the order of `jobIds`; of a job in the order in which it got them. */
export async function nodesOfJobs(db: Database, jobIds: readonly number[]): Promise<NodeRow[][]> {
  const rows = await db.orm
    .select()
    .from(nodes)
    .where(inArray(nodes.jobId, [...jobIds]))
    .orderBy(asc(nodes.createdAt), asc(nodes.name));
  return jobIds.map((id) => rows.filter((row) => row.jobId === id));
}
