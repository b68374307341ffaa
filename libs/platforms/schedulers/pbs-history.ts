import { parseDuration } from './duration.ts';
import type { PbsDialect } from './pbs-dialect.ts';
import { pbsOwnExit } from './pbs-states.ts';
import { type Block, blocks, onlyNeeded, splitId } from './pbs-text.ts';
import type { EndedElement } from './scheduler.ts';

/**
 * PBS Professional keeps ended jobs if the site set job_history_enable, Torque for keep_completed seconds.
 * No `tracejob`: it reads the server's own logs, which a login node rarely has.
 */
export function pbsHistoryQuestions(dialect: PbsDialect, job: string): readonly (readonly string[])[] {
  const question = dialect === 'pro' ? 'qstat -x -f -t "$1"' : 'qstat -f -t "$1"'; // Torque's -x is XML
  return [['env', 'LC_ALL=C', 'sh', '-c', onlyNeeded(question), 'sh', job]];
}

export function pbsHistory(dialect: PbsDialect, stdout: string): readonly EndedElement[] {
  return blocks(stdout, /^Job Id:\s*(\S+)/).flatMap((block) => ended(dialect, block));
}

function ended(dialect: PbsDialect, { title, attributes }: Block): readonly EndedElement[] {
  const id = splitId(title);
  const state = attributes.get('job_state') ?? '';
  if (!id || (id.isArray && id.element === null) || !['F', 'X', 'C'].includes(state)) return [];
  const status = /^-?\d+$/.exec(attributes.get('exit_status') ?? '')?.[0];
  const word = status === undefined ? state : `${state}, exit status ${status}`;
  return [{ element: id.element, word, ...outcome(dialect, status === undefined ? null : Number(status), attributes) }];
}

/** PBS adds 256 to the number of the signal that ended the script. */
const SIGNALLED = 256;
const SIGTERM = 15;
/** JOB_SUBSTATE_TERMINATED of PBS Professional: somebody deleted it. */
const DELETED = '91';

function outcome(dialect: PbsDialect, status: number | null, attributes: Block['attributes']): Pick<EndedElement, 'code' | 'exitCode'> {
  if (status === null) return { code: 'CANCELLED_BY_ADMINISTRATOR', exitCode: null }; // deleted before it began
  if (status < 0) return { code: pbsOwnExit(dialect, status), exitCode: null };
  if (status < SIGNALLED) return { code: 'EXIT', exitCode: status };
  const signal = status - SIGNALLED;
  if (overTime(attributes)) return { code: 'TIME_LIMIT', exitCode: null };
  // Who deletes a job has PBS send it SIGTERM first
  if (signal === SIGTERM || attributes.get('substate') === DELETED) return { code: 'CANCELLED_BY_ADMINISTRATOR', exitCode: null };
  return { code: 'SIGNAL', exitCode: 128 + signal };
}

function overTime(attributes: Block['attributes']): boolean {
  const used = parseDuration(attributes.get('resources_used.walltime') ?? '');
  const limit = parseDuration(attributes.get('resource_list.walltime') ?? '');
  return used !== null && limit !== null && used >= limit;
}
