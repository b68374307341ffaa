import type { QueueFacts, SchedulerFacts } from '@kiln/domain';
import { parseDuration } from './duration.ts';

export const SGE_PROBES = {
  version: ['env', 'LC_ALL=C', 'qstat', '-help'],
  config: ['env', 'LC_ALL=C', 'qconf', '-sconf'],
  queues: ['env', 'LC_ALL=C', 'qconf', '-sq', '*'],
  slots: ['env', 'LC_ALL=C', 'qstat', '-g', 'c'],
};

/** Grid Engine's own default for max_aj_tasks. */
const ARRAY_LIMIT = 75_000;

export function sgeFacts(outputs: Readonly<Record<string, string | null>>): SchedulerFacts {
  const maxTasks = Number(/^max_aj_tasks\s+(\d+)/m.exec(outputs['config'] ?? '')?.[1] ?? 0); // 0 is no limit
  const limits = queueLimits(outputs['queues'] ?? '');
  const queues = (outputs['slots'] ?? '').split(/\r?\n/).flatMap(clusterQueue);
  return {
    version: (outputs['version'] ?? '').trim().split(/\r?\n/)[0] || 'Grid Engine',
    dialect: null,
    arrayLimit: maxTasks > 0 ? maxTasks : ARRAY_LIMIT,
    cores: queues.length > 0 ? queues.reduce((sum, { usable }) => sum + usable, 0) : null,
    queues: queues.map(
      ({ name, usable }): QueueFacts => ({
        name,
        isDefault: false, // without -q a job may run in any of them
        open: usable > 0,
        maxWalltime: limits.get(name) ?? null,
        nodes: null,
      }),
    ),
  };
}

/** `h_rt` of each queue; it may differ between groups of hosts (`h_rt 24:00:00,[@big=96:00:00]`), and the first holds for most. */
function queueLimits(text: string): ReadonlyMap<string, number | null> {
  const blocks = text.split(/^(?=qname\s)/m);
  return new Map(
    blocks.flatMap((block) => {
      const name = /^qname\s+(\S+)/.exec(block)?.[1];
      const limit = /^h_rt\s+([^\s,]+)/m.exec(block)?.[1];
      return name === undefined ? [] : [[name, parseDuration(limit ?? '')] as const];
    }),
  );
}

/** `main.q  0.26  8  0  0  8  0  0`: load, used, reserved, available, all, and those that are overloaded or out of order */
function clusterQueue(line: string): readonly { readonly name: string; readonly usable: number }[] {
  const match = /^(\S+)\s+(?:[\d.]+|-NA-)\s+\d+\s+\d+\s+\d+\s+(\d+)\s+\d+\s+(\d+)\s*$/.exec(line);
  return match?.[1] ? [{ name: match[1], usable: Math.max(Number(match[2]) - Number(match[3]), 0) }] : [];
}
