import type { Job } from '../../lib/documents.ts';
import type { JobsSearch } from './search.ts';

export interface JobList {
  readonly jobs: readonly Job[];
  readonly total: number;
  readonly endCursor: string | null;
  /** More follow that are not loaded. */
  readonly more: boolean;
}

/** The list after some jobs changed: new ones come in, those that the filter no longer wants go, the rest are as they are now. */
export function mergeChanged(list: JobList, changed: readonly Job[], search: JobsSearch): JobList {
  const byId = new Map(list.jobs.map((job) => [job.id, job]));
  let total = list.total;
  for (const job of changed) {
    const known = byId.get(job.id);
    const wanted = isWanted(job, search);
    if (known && known.lastSeq > job.lastSeq) continue;
    if (known && !wanted) total -= 1;
    if (!known && wanted && belongsToLoaded(job, list, search)) total += 1;
    if (!wanted) byId.delete(job.id);
    else if (known || belongsToLoaded(job, list, search)) byId.set(job.id, job);
  }
  const direction = search.sort === 'OLDEST' ? 1 : -1;
  return { ...list, total, jobs: [...byId.values()].sort((a, b) => direction * (Number(a.id) - Number(b.id))) };
}

/** What lies behind the last loaded job comes with its page. */
function belongsToLoaded(job: Job, { jobs, more }: JobList, { sort }: JobsSearch): boolean {
  const last = jobs.at(-1);
  if (!more || !last) return true;
  return sort === 'OLDEST' ? Number(job.id) < Number(last.id) : Number(job.id) > Number(last.id);
}

/** The same question as the server answers for the filter. */
export function isWanted(job: Job, { status, connector, text }: JobsSearch): boolean {
  if (status && !status.includes(job.status)) return false;
  if (connector && job.connector !== connector) return false;
  const sought = text?.trim().toLowerCase();
  if (!sought) return true;
  const words = [
    job.connector,
    job.directory,
    ...Object.values(job.parameters).map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))),
  ];
  return job.id === sought || words.some((word) => word.toLowerCase().includes(sought));
}
