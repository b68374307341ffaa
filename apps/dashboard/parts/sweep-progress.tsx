import type { Sweep } from '@kiln/client/sweep-documents';
import type { JobStatus } from '@kiln/domain';
import { JOB_FILL } from '../lib/status.ts';
import { Progress } from './progress.tsx';

const SHOWN: readonly JobStatus[] = ['succeeded', 'failed', 'cancelled', 'blocked', 'active'];

/** How far the jobs of a sweep are. */
export function SweepProgress({ counts }: { readonly counts: Sweep['counts'] }) {
  const { total, succeeded, failed, cancelled } = counts;
  const states = SHOWN.map((name) => ({ name, count: counts[name], fill: JOB_FILL[name] }));
  return <Progress noun="job" total={total} states={states} ended={succeeded + failed + cancelled} failed={failed} />;
}
