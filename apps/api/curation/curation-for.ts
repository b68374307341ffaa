import { curationOf } from '@kiln/domain';
import type { JobRoot } from '../job/job.type.ts';
import type { Curation } from './curation.type.ts';

const NOTHING = { experiment: null, url: null, datasets: 0, files: 0, bytes: 0, leftOut: 0, unknown: [], iteration: 0 };

/** Of a job whose results make so many datasets, as far as they are known; null if they are not published. */
export function curationFor({ parameters, curation, iteration, status }: JobRoot, expected: number): Curation | null {
  const wanted = curationOf(parameters);
  if (!wanted) return null;
  const { unknown, iteration: next, ...known } = curation ?? NOTHING;
  const { experiment, url, datasets, files, bytes, leftOut } = known;
  const complete = status === 'succeeded' && next > iteration;
  const datasetsInAll = complete ? datasets : Math.max(datasets, expected);
  return { curator: wanted.curator, experiment, url, complete, datasets, datasetsInAll, files, bytes, leftOut, unknownSchemas: unknown };
}
