import type { JobPageData } from '../../../lib/documents.ts';
import { duration, many } from '../../../lib/time.ts';
import classes from './failures.module.css';

/** What retries cost so far. A job whose tasks may be retried has the line from the start, so that nothing moves when there is something to tell. */
export function RetryCost({ job: { retryCost, parameters } }: { readonly job: Pick<JobPageData, 'retryCost' | 'parameters'> }) {
  if (retryCost.attempts === 0 && parameters['reschedule_failed_tasks'] !== true) return null;
  return <p className={`tabular ${classes['cost']}`}>{retryCost.attempts === 0 ? 'Nothing had to be repeated.' : costText(retryCost)}</p>;
}

/** `12 attempts of 5 tasks failed and were repeated; 3 min 20 s of computing lost.` */
export function costText({ attempts, tasks, lostMilliseconds }: JobPageData['retryCost']): string {
  const lost = lostMilliseconds > 0 ? `; ${duration(lostMilliseconds)} of computing lost` : '';
  return `${many(attempts, 'attempt')} of ${many(tasks, 'task')} failed and ${attempts === 1 ? 'was' : 'were'} repeated${lost}.`;
}
