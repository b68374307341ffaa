import type { QueueFacts, SchedulerFacts } from '@kiln/domain';
import { parseDuration } from './duration.ts';

/** https://slurm.schedmd.com/sinfo.html: one line for each partition. */
export const SLURM_PROBES = {
  version: ['sinfo', '--version'],
  config: ['env', 'LC_ALL=C', 'scontrol', 'show', 'config'],
  partitions: ['env', 'LC_ALL=C', 'sinfo', '--noheader', '--format=%P|%l|%D|%C|%a'],
};

/** Slurm's own default for MaxArraySize, less one. */
const ARRAY_LIMIT = 1000;

export function slurmFacts(outputs: Readonly<Record<string, string | null>>): SchedulerFacts {
  const partitions = (outputs['partitions'] ?? '').split(/\r?\n/).flatMap(partition);
  const maxArraySize = /^MaxArraySize\s*=\s*(\d+)/m.exec(outputs['config'] ?? '')?.[1];
  const usual = partitions.filter(({ isDefault, open }) => isDefault && open);
  return {
    version: /^slurm\S*\s+\S+/im.exec(outputs['version'] ?? '')?.[0] ?? 'slurm',
    dialect: null,
    arrayLimit: maxArraySize === undefined ? ARRAY_LIMIT : Math.max(Number(maxArraySize) - 1, 1),
    cores: usual.length > 0 ? usual.reduce((sum, { cores }) => sum + cores, 0) : null,
    queues: [...new Set(partitions.map(({ name }) => name))].flatMap((name) => merged(partitions.filter((one) => one.name === name))),
  };
}

interface Partition {
  readonly name: string;
  readonly isDefault: boolean;
  readonly open: boolean;
  readonly maxWalltime: number | null;
  readonly nodes: number;
  readonly cores: number;
}

/** `main*|1-00:00:00|4|0/12/4/16|up`; of cores: allocated, idle, other, all */
function partition(line: string): readonly Partition[] {
  const match = /^(\S+?)(\*?)\|([^|]+)\|(\d+)\|(\d+)\/(\d+)\/\d+\/\d+\|(\w+)\s*$/.exec(line);
  if (!match) return [];
  const [, name = '', star, limit = '', nodes, allocated, idle, available] = match;
  return [
    {
      name,
      isDefault: star === '*',
      open: available === 'up',
      maxWalltime: parseDuration(limit),
      nodes: Number(nodes),
      cores: Number(allocated) + Number(idle),
    },
  ];
}

/** Unlike nodes of one partition may come as several lines. */
function merged(lines: readonly Partition[]): readonly QueueFacts[] {
  return lines.slice(0, 1).map(({ name, isDefault, open, maxWalltime }) => ({
    name,
    isDefault,
    open,
    maxWalltime,
    nodes: lines.reduce((sum, { nodes }) => sum + nodes, 0),
  }));
}
