import type { Job, JournalEntry, Look, Node, TaskChange, World } from '@kiln/domain';

export interface JournalRead {
  /** With the offset up to which the journal is read. */
  readonly node: Node;
  readonly tasks: readonly TaskChange[];
  readonly runner: Look['runner'];
}

/** What has become of a batch's tasks since the last look. */
export async function readJournal(job: Job, world: World, node: Node, batch: string): Promise<JournalRead> {
  const { entries, offset, runner } = await world.site.look(job, node, batch, node.offset);
  return { node: { ...node, offset }, tasks: toChanges(entries, node), runner };
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
  if (entry.kind === 'lost') return { ...lost(entry.task, node), endedAt: at };
  const end = { number: entry.task, exitCode: entry.code, endedAt: at };
  if (entry.code === 0) return { ...end, state: 'succeeded' };
  const signal = entry.code - 128;
  if (signal > 0 && signal < 65) {
    return { ...end, state: 'failed', failure: { code: 'SIGNAL', message: `main.sh was ended by signal ${signal} on ${node.name}.` } };
  }
  return { ...end, state: 'failed', failure: { code: 'EXIT', message: `main.sh exited with code ${entry.code} on ${node.name}.` } };
}

/** A task whose end nobody saw. */
export function lost(number: number, node: Node): TaskChange {
  return { number, state: 'failed', failure: { code: 'LOST', message: `${node.name} lost the task: nobody saw its end.` } };
}
