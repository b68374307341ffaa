import type { Platform } from '@kiln/client/platform-documents';
import type { Resources } from '@kiln/domain';
import { kindName } from '../../lib/platform-words.ts';
import { memoryText, walltimeText } from '../../lib/resources-text.ts';
import { many } from '../../lib/time.ts';

const STATE: Readonly<Record<string, string>> = { trouble: ' · in trouble', checking: ' · being checked' };

/** `hpc · Slurm cluster · in trouble`. */
export function platformLabel({ name, kind, provider, state }: Platform): string {
  const what = provider === 'local' && kind === 'unix' ? 'this machine' : kindName(kind);
  return `${name} · ${what}${STATE[state] ?? ''}`;
}

export interface FieldHint {
  /** What it is if nothing is typed. */
  readonly placeholder?: string;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
}

/** What the platform knows about a field that asks for resources. */
export function resourceHint(field: string, platform: Platform | undefined): FieldHint {
  if (!platform) return {};
  const text = ofPlatform(field, platform.settings.resources as Resources); // the API's contract
  const queues = field === 'queue' ? (platform.facts?.scheduler?.queues ?? []) : [];
  const usual = text ?? queues.find(({ isDefault }) => isDefault)?.name;
  return {
    ...(usual !== undefined && { placeholder: `${usual} unless you say otherwise` }),
    ...(queues.length > 0 && { choices: queues.map((queue) => ({ value: queue.name, label: queueLabel(queue) })) }),
  };
}

function ofPlatform(field: string, { queue, walltime, memory, cores, gpus, nodes, account, project, qos }: Resources): string | undefined {
  const told: Readonly<Record<string, string | number | undefined>> = {
    ...{ queue, cores, gpus, nodes_per_task: nodes, account, project, qos },
    walltime: walltime && walltimeText(walltime),
    memory: memory && memoryText(memory),
  };
  return Object.hasOwn(told, field) && told[field] !== undefined ? String(told[field]) : undefined;
}

type Queue = NonNullable<NonNullable<Platform['facts']>['scheduler']>['queues'][number];

/** `short: up to 12h, 64 nodes`. */
function queueLabel({ name, open, maxWalltime, nodes }: Queue): string {
  const facts = [
    open ? '' : 'closed',
    maxWalltime === null ? 'any walltime' : `up to ${walltimeText(maxWalltime)}`,
    nodes === null ? '' : many(nodes, 'node'),
  ];
  return `${name}: ${facts.filter((fact) => fact !== '').join(', ')}`;
}
