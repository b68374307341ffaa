import {
  FAILURE_ADVICE,
  type Job,
  type JournalEntry,
  KnownError,
  type Look,
  type Node,
  type OpenBatch,
  type TaskChange,
  type TaskFailureCode,
  type World,
} from '@kiln/domain';

import { membersOf } from './batches.ts';

export interface JournalRead {
  /** With the offset up to which the journal is read. */
  readonly batch: OpenBatch;
  readonly note: string | null;
  readonly tasks: readonly TaskChange[];
  readonly runner: Exclude<Look['runner'], 'gone'>;
}

/** What has become of a batch's tasks since the last look. @throws KnownError NODE_LOST if the job's directory is gone */
export async function readJournal(job: Job, world: World, node: Node, batch: OpenBatch): Promise<JournalRead> {
  const { entries, offset, runner, note = null } = await world.site.look(job, node, batch.name, batch.offset);
  if (runner === 'gone') throw directoryGone(node);
  const ofWave = membersOf(batch.name)?.wave;
  const tasks = toChanges(entries, node).map((change) => (ofWave === undefined ? change : { ...change, ofWave }));
  return { batch: { ...batch, offset }, note, tasks, runner };
}

export function directoryGone({ name }: Pick<Node, 'name'>): KnownError {
  return new KnownError('NODE_LOST', `The job's directory on ${name} is gone, with the results that were not home yet.`);
}

/** What a stretch of a journal says, as one change a task. */
function toChanges(entries: readonly JournalEntry[], node: Node): readonly TaskChange[] {
  const changes = new Map<number, TaskChange>();
  for (const entry of entries) changes.set(entry.task, { ...changes.get(entry.task), ...toChange(entry, node) });
  return [...changes.values()];
}

function toChange(entry: JournalEntry, node: Node): TaskChange {
  const at = new Date(entry.at).toISOString();
  if (entry.kind === 'started') return { number: entry.task, state: 'running', startedAt: at };
  if (entry.kind === 'lost') return { ...lost(entry.task, node, entry.why, entry.words), endedAt: at };
  const end = { number: entry.task, exitCode: entry.code, endedAt: at };
  if (entry.code === 0) return { ...end, state: 'succeeded' };
  const signal = entry.code - 128;
  if (signal > 0 && signal < 65) {
    return { ...end, state: 'failed', failure: { code: 'SIGNAL', message: `main.sh was ended by signal ${signal} on ${node.name}.` } };
  }
  return { ...end, state: 'failed', failure: { code: 'EXIT', message: `main.sh exited with code ${entry.code} on ${node.name}.` } };
}

/** A task whose end nobody saw, or that was ended from outside. */
export function lost(number: number, node: Node, why: TaskFailureCode = 'LOST', words = ''): TaskChange {
  return {
    number,
    state: 'failed',
    failure: {
      code: why,
      message: [WHAT_HAPPENED[why](node.name), words && `It said: ${words}`, FAILURE_ADVICE[why]].filter(Boolean).join(' '),
    },
  };
}

const WHAT_HAPPENED: Readonly<Record<TaskFailureCode, (node: string) => string>> = {
  EXIT: (node) => `The task failed on ${node}.`,
  SIGNAL: (node) => `The task was ended by a signal on ${node}.`,
  LOST: (node) => `${node} lost the task: nobody saw its end.`,
  REBOOTED: (node) => `${node} was restarted while the task ran.`,
  TIME_LIMIT: (node) => `The task ran into its time limit on ${node}.`,
  OUT_OF_MEMORY: (node) => `The task needed more memory than it had on ${node}.`,
  NODE_FAILED: (node) => `The machine of ${node} on which the task ran failed.`,
  PREEMPTED: (node) => `${node} took the task's place away for others.`,
  CANCELLED_BY_ADMINISTRATOR: (node) => `The task was cancelled on ${node}, and not by Kiln.`,
  NOT_BEGUN: (node) => `What runs before the tasks on ${node} failed.`,
  REFUSED: (node) => `${node} did not start the task.`,
};
