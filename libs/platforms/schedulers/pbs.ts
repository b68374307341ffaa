import type { PbsDialect } from './pbs-dialect.ts';
import { PBS_PROBES, pbsFacts } from './pbs-facts.ts';
import { pbsHistory, pbsHistoryQuestions } from './pbs-history.ts';
import { PBS_STATUS, pbsQueue } from './pbs-queue.ts';
import { pbsSubmission } from './pbs-submission.ts';
import type { Scheduler } from './scheduler.ts';

/** PBS Professional and OpenPBS (`pro`), and Torque: one family, two sets of options and of exit codes. */
export function pbs(dialect: PbsDialect): Scheduler {
  return {
    kind: 'pbs',
    submit: (request) => pbsSubmission(dialect, request),
    submitted: (stdout) => /^(\d+(?:\[\])?(?:\.[\w.-]+)?)\r?$/m.exec(stdout)?.[1] ?? null,
    status: PBS_STATUS,
    parseStatus: (stdout) => pbsQueue(dialect, stdout),
    history: (job) => pbsHistoryQuestions(dialect, job),
    parseHistory: (stdout) => pbsHistory(dialect, stdout),
    cancel: (jobs) => ['qdel', ...jobs],
    probes: PBS_PROBES,
    parseFacts: pbsFacts,
  };
}
