import { JOB_STATUSES, type JobStatus } from '@kiln/domain';

/** What of the list is shown; it stands in the address. */
export interface JobsSearch {
  readonly status?: readonly JobStatus[];
  readonly connector?: string;
  readonly text?: string;
  readonly sort?: 'OLDEST';
}

export function jobsSearch(search: Record<string, unknown>): JobsSearch {
  const given = search['status'];
  const statuses = JOB_STATUSES.filter((status) => (Array.isArray(given) ? given.includes(status) : given === status));
  return {
    ...(statuses.length > 0 && { status: statuses }),
    ...(typeof search['connector'] === 'string' && search['connector'] !== '' && { connector: search['connector'] }),
    ...(['string', 'number'].includes(typeof search['text']) && search['text'] !== '' && { text: String(search['text']) }),
    ...(search['sort'] === 'OLDEST' && { sort: 'OLDEST' as const }),
  };
}
