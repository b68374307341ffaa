import type { SchedulerFacts } from '@kiln/domain';

export type PbsDialect = NonNullable<SchedulerFacts['dialect']>;

/** From `qstat --version`: `pbs_version = 20.0.1`, or `Version: 6.1.2` and `Commit: …` of Torque; null if it is neither. */
export function pbsDialect(version: string): PbsDialect | null {
  if (/^\s*pbs_version\s*=|PBS ?Pro|OpenPBS/im.test(version)) return 'pro';
  return /torque|^\s*version:/im.test(version) ? 'torque' : null;
}
