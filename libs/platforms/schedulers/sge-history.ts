import type { EndedElement } from './scheduler.ts';
import { sgeFailed } from './sge-states.ts';

/** qacct(1). A job gets there some seconds after its end, and one that was deleted while it waited never does. */
export function SGE_HISTORY(job: string): readonly (readonly string[])[] {
  return [['env', 'LC_ALL=C', 'qacct', '-j', job]];
}

/** Records come oldest first; an element that was run again has several, and the last one counts. */
export function sgeHistory(stdout: string): readonly EndedElement[] {
  const records = stdout.split(/^={10,}\s*$/m).slice(1);
  const ended = new Map<number | null, EndedElement>();
  for (const element of records.flatMap(record)) ended.set(element.element, element);
  return [...ended.values()];
}

function record(text: string): readonly EndedElement[] {
  const field = (name: string) => new RegExp(`^${name} +(.*?)\\s*$`, 'm').exec(text)?.[1];
  const [task, failed, exit] = [field('taskid'), field('failed'), field('exit_status')];
  const code = /^\d+/.exec(failed ?? '')?.[0];
  // Programs on the other machines of a parallel job may have records of their own
  const isPart = !['NONE', 'undefined', undefined].includes(field('pe_taskid'));
  if (task === undefined || failed === undefined || code === undefined || isPart) return [];
  const how = outcome(code, Number(/^\d+/.exec(exit ?? '')?.[0] ?? 0));
  return how ? [{ element: /^\d+$/.test(task) ? Number(task) : null, word: `failed ${failed}`, ...how }] : [];
}

function outcome(failed: string, exitStatus: number): Pick<EndedElement, 'code' | 'exitCode'> | null {
  const code = sgeFailed(failed);
  if (code === null) return null;
  if (code === 'SIGNAL') return { code, exitCode: exitStatus || null };
  if (code !== 'exit status') return { code, exitCode: null };
  // Only with 100 the signal met the script itself; a script may well exit with 137 because of a program in it
  return failed === '100' && exitStatus > 128 ? { code: 'SIGNAL', exitCode: exitStatus } : { code: 'EXIT', exitCode: exitStatus };
}
