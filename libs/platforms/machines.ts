import type { Creation, JobRef, Machine } from '@kiln/domain';

/** Where a platform's machines come from. Every call looks before it acts. */
export interface Machines {
  list(job: JobRef): Promise<readonly Machine[]>;
  /** `ours` throws if the job is somebody else's by now: it is asked before machines are asked for. `past` as of a `Site`. */
  create(job: JobRef, count: number, ours: () => Promise<void>, past: readonly string[]): Promise<Creation>;
  giveBack(job: JobRef, machines: readonly string[]): Promise<void>;
  /** Resolves when a listing shows none of the job's machines. */
  destroy(job: JobRef): Promise<void>;
}

/** The one machine of a platform that is simply there. */
export function oneMachine(machine: Machine): Machines {
  return {
    list: async () => [machine],
    create: async () => ({ machines: [machine], coming: 0, late: 0, delayed: 0, reasons: [] }),
    giveBack: async () => {},
    destroy: async () => {},
  };
}
