import { createHash } from 'node:crypto';
import { join } from 'node:path/posix';
import { type Batch, journalPath, KnownError, type Platform, type Resources } from '@kiln/domain';
import type { JobOnNode } from '../job-on-node.ts';
import { limitOf } from '../runner/limit.ts';
import { type Cluster, withPath } from './cluster.ts';
import { elementScript } from './element-script.ts';
import { refusal } from './refusal.ts';

/** One of the array jobs that a batch is submitted as. */
export interface Submission {
  /** Its number within the batch, from 1. */
  readonly s: string;
  /** How many elements it has. */
  readonly count: number;
  /** `unsure`: an answer was lost. */
  readonly state: 'new' | 'busy' | 'unsure' | 'submitted';
}

export const SUBMIT = 'Tasks could not be submitted';

/** Submits, unless that was done before; a submission whose answer was lost is adopted. */
export async function submitOnce(
  cluster: Cluster,
  { settings }: Platform,
  there: JobOnNode,
  batch: Batch,
  { s, count, state }: Submission,
  resources: Resources,
): Promise<void> {
  if (state === 'submitted') return;
  if (state === 'busy') throw new KnownError('PLATFORM_UNAVAILABLE', 'The job is being submitted to the scheduler.', { retryable: true });
  const name = nameOf(there.directory, batch.name, s);
  if (state === 'unsure' && (await adopt(cluster, there, batch.name, s, name))) return;

  const directory = join(there.directory, journalPath(batch.name), '..', s);
  const paths = { directory: there.directory, script: join(directory, 'script'), output: join(directory, 'log') };
  const { directives, argv } = cluster.scheduler.submit({
    name,
    count,
    resources,
    atOnce: cluster.limits.tasks === null ? null : batch.slots,
    ...paths,
  });
  const array = join(there.directory, '.kiln/array.sh');
  const command = ['sh', array, there.directory, 'element', batch.name, s, batch.script, String(batch.iteration), limitOf(batch)];
  await cluster.maySubmit();
  const script = elementScript(directives, settings, there.directory, command);
  const { code, stdout, stderr } = await there.tryArray(
    ['submit', batch.name, s, name, String(Buffer.byteLength(script)), ...withPath(cluster.scheduler.kind, argv)],
    { input: script },
  );
  if (code !== 0) throw wasCutShort(code, stderr || stdout) ? cutShort() : refusal(stderr || stdout);
  const id = cluster.scheduler.submitted(stdout);
  if (id === null) throw refusal(`it answered “${stdout.trim()}”`);
  if (id !== stdout.trim()) await there.array(['adopt', batch.name, s, id], SUBMIT); // it had more to say
}

/** `array.sh` says 75 while somebody else submits it; a signal, or no words at all, is no answer of a scheduler. */
export function wasCutShort(code: number, words: string): boolean {
  return code === 75 || code > 128 || words.trim() === '';
}

function cutShort(): KnownError {
  const message = 'A submission to the scheduler was cut short; what became of it is looked up.';
  return new KnownError('PLATFORM_UNAVAILABLE', message, { retryable: true });
}

/** Finds a submission by its name, or by what its elements know; else it never was. */
async function adopt(cluster: Cluster, there: JobOnNode, batch: string, s: string, name: string): Promise<boolean> {
  const { entries } = await cluster.queue({ fresh: true });
  const witness = (await there.array(['witness', batch, s], SUBMIT)).trim();
  const id = entries.find((entry) => entry.name === name)?.job ?? witness.replace(/\[\d+\]/, '[]'); // PBS: an element's id to its array's
  await there.array(id ? ['adopt', batch, s, id] : ['forget', batch, s], SUBMIT);
  return id !== '';
}

/** At most 15 characters, which is what Torque keeps; the same for the same submission, and no other's. */
function nameOf(directory: string, batch: string, s: string): string {
  return `${namePrefix(directory)}${digest(`${batch} ${s}`).slice(0, 6)}`;
}

/** All that is submitted for the job in this directory has a name that begins so, and nothing else has. */
export function namePrefix(directory: string): string {
  return `k${digest(directory).slice(0, 7)}-`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
