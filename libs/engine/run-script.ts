import { type Batch, BOOTSTRAP_TASK, type Job, logPath, type Node, type World } from '@kiln/domain';
import { directoryGone } from './read-journal.ts';

export interface ScriptLook {
  /** With the batch that it runs and the offset up to which its journal is read. */
  readonly node: Node;
  /** Tasks for which the script ended well since the last look. */
  readonly ended: readonly number[];
  readonly failures: readonly { readonly task: number; readonly message: string }[];
  /** Its journal is read to the end. */
  readonly over: boolean;
}

/** Starts a batch of `bootstrap.sh` or `schedule.sh` on a node, or looks how far the one that was started is. */
export async function runScript(
  job: Job,
  world: World,
  node: Node,
  batch: Batch,
  attemptOf: (task: number) => number = () => 1,
): Promise<ScriptLook> {
  const before = node.batches.find(({ name }) => name === batch.name);
  if (!before) await world.site.launch(job, node, batch);
  const look = await world.site.look(job, node, batch.name, before?.offset ?? 0);
  if (look.runner === 'gone') throw directoryGone(node);
  if (look.runner === 'dead') await world.site.launch(job, node, batch);
  const bad = look.entries.flatMap((entry) => {
    if (entry.kind === 'lost') return [{ task: entry.task, how: 'was interrupted' }];
    return entry.kind === 'exited' && entry.code !== 0 ? [{ task: entry.task, how: `exited with code ${entry.code}` }] : [];
  });
  const failures = await Promise.all(
    bad.map(async ({ task, how }) => ({
      task,
      message: `${batch.script} ${how} on ${node.name}${await lastWords(job, world, node, task, attemptOf(task))}`,
    })),
  );
  const ended = look.entries.flatMap((entry) => (entry.kind === 'exited' && entry.code === 0 ? [entry.task] : []));
  const others = node.batches.filter(({ name }) => name !== batch.name);
  const over = look.runner === 'ended' && look.entries.length === 0;
  const open = over ? [] : [{ name: batch.name, offset: look.offset }];
  return { node: { ...node, batches: [...others, ...open] }, ended, failures, over };
}

/** What is said of a script whose end nobody saw. */
export function scriptLost({ script }: Batch, { name }: Node): string {
  return `${script} was lost on ${name}: nobody saw its end.`;
}

/** The last line of (the first 256 KiB of) what the script wrote to its standard error, for the sentence that tells of its failure. */
async function lastWords(job: Job, world: World, node: Node, task: number, attempt: number): Promise<string> {
  const bytes = await world.site.read(job, node, logPath(task, attempt, 'stderr'), 0, 256 * 1024);
  const line = new TextDecoder().decode(bytes).trim().split('\n').at(-1) ?? '';
  const where = task === BOOTSTRAP_TASK ? '' : ` for task ${task}`;
  return line ? `${where}: ${line.slice(0, 300)}` : `${where}; it wrote nothing to standard error.`;
}
