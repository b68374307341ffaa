import { jobDirectory } from '@kiln/domain';
import { and, eq, ne } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { jobs } from './schema.ts';

/** Whether `path` of a storage is in the results of a job of somebody else, or holds some; `path` is in its shortest form. */
export async function foreignResultsIn(db: Database, ownerId: string, storage: string, path: string): Promise<boolean> {
  const rows = await db.orm
    .select({ id: jobs.id, connector: jobs.connector, outputPath: jobs.outputPath })
    .from(jobs)
    .where(and(eq(jobs.outputStorage, storage), ne(jobs.ownerId, ownerId)));
  return rows.some((job) => {
    const results = [...job.outputPath.split('/').filter((part) => part !== '' && part !== '.'), jobDirectory(job)].join('/');
    return isIn(path, results) || isIn(results, path);
  });
}

function isIn(path: string, directory: string): boolean {
  return `${path}/`.startsWith(`${directory}/`);
}
