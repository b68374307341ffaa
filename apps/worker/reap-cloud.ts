import { duplicatesIn } from '@kiln/platforms/clouds/machines';
import type { CloudMachine, CloudProvider } from '@kiln/platforms/clouds/provider';

export interface Reaped {
  /** What was given back. */
  readonly machines: readonly CloudMachine[];
  /** Nothing of Kiln is left there. */
  readonly withdrawn: boolean;
}

export interface Reaping {
  /** Milliseconds since the platform was removed; null if it was not. */
  readonly removedFor: number | null;
  /** Seconds after which a machine on which nobody logged in is of no use. */
  readonly bootTimeout: number;
  /** Directories of jobs that have not ended; asked for after the list, so that whoever is among them was not begun anew since. */
  readonly living: () => Promise<ReadonlySet<string>>;
}

/** Gives back what no living job needs of one cloud, and at last takes away what let Kiln in. */
export interface CloudReaper {
  reap(cloud: CloudProvider, reaping: Reaping): Promise<Reaped>;
}

/** A machine that was asked for just when its platform was removed may not be listed yet: one empty list is no proof. */
export function createCloudReaper(settled: number): CloudReaper {
  let empty = 0;
  return {
    async reap(cloud, { removedFor, bootTimeout, living }) {
      const all = await cloud.list();
      const jobs = await living();
      const doubled = duplicatesIn(all).filter(({ seen, age }) => !seen && age > bootTimeout);
      const machines = all.filter((machine) => removedFor !== null || !jobs.has(machine.job) || doubled.includes(machine));
      for (const { id } of machines) await cloud.destroy(id);
      empty = removedFor !== null && all.length === 0 ? empty + 1 : 0;
      if (removedFor === null || removedFor < settled || empty < 2) return { machines, withdrawn: false };
      await cloud.withdraw();
      return { machines, withdrawn: true };
    },
  };
}
