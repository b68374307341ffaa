import { join } from 'node:path';
import { KnownError, type Platform } from '@kiln/domain';
import { type LocalMachine, machinesIn } from '@kiln/platforms/clouds/local-machines';
import { localShell } from '@kiln/platforms/shells/local';
import type { Shell } from '@kiln/platforms/shells/shell';

/** Where jobs make their directories. */
export interface Root {
  readonly shell: Shell;
  /** Absolute. */
  readonly path: string;
  /** That it is; null for a place that is there without a job. */
  readonly machine: LocalMachine | null;
  /** What tells it from all others. */
  readonly key: string;
}

export interface Roots {
  /** Of a platform; those of a cloud are its machines. */
  roots(platform: Platform, signal: AbortSignal): Promise<readonly Root[]>;
}

/** Of this machine alone, for whoever looks while no worker runs. */
export function rootsHere(home: string, environment: Readonly<Record<string, string | undefined>>): Roots {
  return {
    async roots(platform, signal) {
      if (platform.provider === 'local') return localRoots(platform, home, localShell(environment, signal));
      throw new KnownError('NO_WORKER', 'No worker runs, and only workers talk to other machines.', { retryable: true });
    },
  };
}

export async function localRoots({ kind }: Platform, home: string, shell: Shell): Promise<readonly Root[]> {
  const root = (path: string, machine: LocalMachine | null): Root => ({ shell, path, machine, key: path });
  if (kind !== 'cloud') return [root(join(home, 'scratch'), null)];
  const machines = join(home, 'machines');
  return (await machinesIn(machines)).map((machine) => root(join(machines, machine.name), machine));
}
