import type { QueueFacts, SchedulerFacts } from '@kiln/domain';
import { parseDuration } from './duration.ts';
import { pbsDialect } from './pbs-dialect.ts';
import { type Block, blocks } from './pbs-text.ts';

export const PBS_PROBES = {
  version: ['sh', '-c', 'qstat --version 2>&1'], // Torque says it on standard error
  server: ['env', 'LC_ALL=C', 'qstat', '-B', '-f'],
  queues: ['env', 'LC_ALL=C', 'qstat', '-Q', '-f'],
  nodes: ['env', 'LC_ALL=C', 'pbsnodes', '-a'],
};

/** PBS Professional's own default for max_array_size. */
const ARRAY_LIMIT = 10_000;

export function pbsFacts(outputs: Readonly<Record<string, string | null>>): SchedulerFacts {
  const version = outputs['version'] ?? '';
  const dialect = pbsDialect(version) ?? 'pro';
  const server = blocks(outputs['server'] ?? '', /^Server:\s*(\S+)/)[0]?.attributes;
  const limit = Number(server?.get('max_array_size') ?? server?.get('max_job_array_size') ?? 0);
  const nodes = blocks(outputs['nodes'] ?? '', /^(\S+)\s*$/);
  const number = /(?:=|:)\s*(\S+)/.exec(version)?.[1] ?? server?.get('pbs_version') ?? '';
  return {
    version: `${dialect === 'pro' ? 'PBS' : 'Torque'} ${number}`.trim(),
    dialect,
    arrayLimit: limit > 0 ? limit : ARRAY_LIMIT,
    cores: nodes.length > 0 ? nodes.reduce((sum, node) => sum + cores(node), 0) : null,
    queues: blocks(outputs['queues'] ?? '', /^Queue:\s*(\S+)/).map((queue) => facts(queue, server?.get('default_queue'))),
  };
}

function cores({ attributes }: Block): number {
  if (/down|offline|unknown|stale|unresolvable|maintenance/.test(attributes.get('state') ?? '')) return 0;
  return Number(attributes.get('resources_available.ncpus') ?? attributes.get('np') ?? 0) || 0;
}

function facts({ title, attributes }: Block, usual: string | undefined): QueueFacts {
  return {
    name: title,
    isDefault: title === usual,
    open: attributes.get('enabled') === 'True' && attributes.get('started') === 'True',
    maxWalltime: parseDuration(attributes.get('resources_max.walltime') ?? ''),
    nodes: null,
  };
}
