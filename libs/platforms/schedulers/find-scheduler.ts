import type { SchedulerFacts, SchedulerKind } from '@kiln/domain';
import { pbs } from './pbs.ts';
import type { Scheduler } from './scheduler.ts';
import { sge } from './sge.ts';
import { slurm } from './slurm.ts';

/** Before a check found out the dialect of a PBS, only `probes` and `parseFacts` are of use, and they are the same in both. */
export function schedulerOf(kind: SchedulerKind, dialect: SchedulerFacts['dialect']): Scheduler {
  const schedulers: Readonly<Record<SchedulerKind, () => Scheduler>> = {
    slurm: () => slurm,
    pbs: () => pbs(dialect ?? 'pro'),
    sge: () => sge,
  };
  return schedulers[kind]();
}
