import { type Batch, BOOTSTRAP_TASK, type Job, type Node, type World } from '@kiln/domain';

export interface ScriptLook {
  /** With the batch that it runs and the offset up to which its journal is read. */
  readonly node: Node;
  /** Tasks for which the script ended well since the last look. */
  readonly ended: readonly number[];
  readonly failures: readonly { readonly task: number; readonly message: string }[];
}

/** Starts a batch of `bootstrap.sh` or `schedule.sh` on a node, or looks how far the one that was started is. */
export async function runScript(job: Job, world: World, node: Node, batch: Batch): Promise<ScriptLook> {
  const begun = node.batch === batch.name ? node : { ...node, batch: batch.name, offset: 0 };
  if (begun !== node) await world.site.launch(job, node, batch);
  const look = await world.site.look(job, node, batch.name, begun.offset);
  if (look.runner === 'dead') await world.site.launch(job, node, batch);
  const bad = look.entries.flatMap((entry) => {
    if (entry.kind === 'lost') return [{ task: entry.task, how: 'was interrupted' }];
    return entry.kind === 'exited' && entry.code !== 0 ? [{ task: entry.task, how: `exited with code ${entry.code}` }] : [];
  });
  const failures = await Promise.all(
    bad.map(async ({ task, how }) => ({
      task,
      message: `${batch.script} ${how} on ${node.name}${await lastWords(job, world, node, task)}`,
    })),
  );
  if (look.runner === 'ended' && look.entries.length === 0) {
    failures.push({
      task: batch.tasks[0] ?? BOOTSTRAP_TASK,
      message: `${batch.script} was lost on ${node.name}: its directory is gone or nobody saw its end.`,
    });
  }
  const ended = look.entries.flatMap((entry) => (entry.kind === 'exited' && entry.code === 0 ? [entry.task] : []));
  return { node: { ...begun, offset: look.offset }, ended, failures };
}

/** The last line of (the first 256 KiB of) what the script wrote to its standard error, for the sentence that tells of its failure. */
async function lastWords(job: Job, world: World, node: Node, task: number): Promise<string> {
  const bytes = await world.site.read(job, node, `logs/${task}.err`, 0, 256 * 1024);
  const line = new TextDecoder().decode(bytes).trim().split('\n').at(-1) ?? '';
  const where = task === BOOTSTRAP_TASK ? '' : ` for task ${task}`;
  return line ? `${where}: ${line.slice(0, 300)}` : `${where}; it wrote nothing to standard error.`;
}
