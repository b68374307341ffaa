import type { TaskFailureCode } from '@kiln/domain';
import type { PbsDialect } from './pbs-dialect.ts';
import type { QueueState } from './scheduler.ts';

/**
 * PBS Professional Reference Guide, "Job States"; C is of Torque alone:
 * https://docs.adaptivecomputing.com/torque/6-1-2/adminGuide/Content/topics/torque/commands/qstat.htm
 */
const STATES: Readonly<Record<string, QueueState>> = {
  B: 'running', // an array of which something began
  C: 'ended',
  E: 'ending',
  F: 'ended',
  H: 'held',
  M: 'ended', // moved to another server
  Q: 'waiting',
  R: 'running',
  S: 'suspended',
  T: 'starting', // on its way between queue and machine
  U: 'suspended',
  W: 'waiting', // for its time, or for files
  X: 'ended',
};

export function pbsState(word: string): QueueState {
  return Object.hasOwn(STATES, word) ? (STATES[word] ?? 'unknown') : 'unknown';
}

/**
 * Negative exit statuses are of PBS itself. PBS Professional: Administrator's Guide, "Job Exit Status Codes", and src/include/job.h of OpenPBS;
 * Torque: https://docs.adaptivecomputing.com/torque/6-1-2/adminGuide/Content/topics/torque/2-jobs/jobExitStatus.htm
 */
const OWN_EXITS: Readonly<Record<PbsDialect, Readonly<Record<number, TaskFailureCode>>>> = {
  pro: {
    [-17]: 'CANCELLED_BY_ADMINISTRATOR', // a hook of the site had it deleted
    [-19]: 'CANCELLED_BY_ADMINISTRATOR',
    [-24]: 'SIGNAL', // it used more cores than it asked for
    [-25]: 'SIGNAL',
    [-26]: 'OUT_OF_MEMORY',
    [-27]: 'OUT_OF_MEMORY',
    [-28]: 'TIME_LIMIT',
    [-29]: 'TIME_LIMIT',
  },
  torque: { [-10]: 'OUT_OF_MEMORY', [-11]: 'TIME_LIMIT', [-12]: 'TIME_LIMIT' },
};

/** All others are of a machine that could not start it, or lost it. */
export function pbsOwnExit(dialect: PbsDialect, status: number): TaskFailureCode {
  return OWN_EXITS[dialect][status] ?? 'NODE_FAILED';
}
