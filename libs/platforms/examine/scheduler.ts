import type { Finding, SchedulerFacts, SchedulerKind } from '@kiln/domain';
import { withPath } from '../schedulers/cluster.ts';
import { schedulerOf } from '../schedulers/find-scheduler.ts';
import { firstLines } from '../schedulers/refusal.ts';
import type { Shell } from '../shells/shell.ts';

const NAMES: Readonly<Record<SchedulerKind, string>> = { slurm: 'Slurm', pbs: 'PBS', sge: 'Grid Engine' };
/** Findings about queues; a site may have hundreds. */
const MOST_QUEUES = 30;

/** Asks a scheduler what it is; null if it does not answer. */
export async function examineScheduler(
  shell: Shell,
  kind: SchedulerKind,
  found: (...findings: readonly Finding[]) => Promise<void>,
): Promise<SchedulerFacts | null> {
  const asked = schedulerOf(kind, null);
  const outputs: Record<string, string | null> = {};
  const words: string[] = [];
  for (const [name, argv] of Object.entries(asked.probes)) {
    const { code, stdout, stderr } = await shell.run(withPath(kind, argv));
    outputs[name] = code === 0 ? stdout : null;
    if (code !== 0) words.push(firstLines(stderr || stdout) || `${argv[0]} failed with code ${code}`);
  }
  const facts = asked.parseFacts(outputs);
  const status = await shell.run(withPath(kind, schedulerOf(kind, facts.dialect).status));
  if (status.code !== 0) {
    const why = firstLines(status.stderr || status.stdout) || words[0] || 'it gave no reason';
    await found({ name: 'Scheduler', status: 'failed', message: `${NAMES[kind]} does not answer: ${why}` });
    return null;
  }
  await found(
    {
      name: 'Scheduler',
      status: 'ok',
      message: `${facts.version || NAMES[kind]} answers; arrays may have ${facts.arrayLimit.toLocaleString('en')} elements.`,
    },
    ...facts.queues.slice(0, MOST_QUEUES).map(
      ({ name, isDefault, open, maxWalltime, nodes }): Finding => ({
        name: `Queue ${name}`,
        status: open || !isDefault ? 'ok' : 'warning',
        message: `${isDefault ? 'The default queue' : 'A queue'} that is ${open ? 'open' : 'closed'}, ${maxWalltime === null ? 'without a time limit' : `for tasks of up to ${clock(maxWalltime)}`}${nodes === null ? '' : `, ${nodes} nodes`}.`,
      }),
    ),
  );
  return facts;
}

function clock(seconds: number): string {
  const [days, rest] = [Math.floor(seconds / 86_400), seconds % 86_400];
  const parts = [Math.floor(rest / 3600), Math.floor((rest % 3600) / 60), rest % 60].map((part) => String(part).padStart(2, '0'));
  return `${days > 0 ? `${days} d ` : ''}${parts.join(':')}`;
}
