import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Machinery } from './machinery.ts';

export interface RunnerProcess {
  readonly pid: number;
  readonly directory: string;
  readonly batch: string;
  readonly script: string;
  /** The runner itself, and not one of its slots. */
  readonly first: boolean;
}

/** Every process of a runner below the installation's roots. */
export async function runners({ home, remoteRoots }: Pick<Machinery, 'home' | 'remoteRoots'>): Promise<readonly RunnerProcess[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const words = (await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')).split('\0');
      const at = words.findIndex((word) => word.endsWith('/.kiln/runner.sh'));
      const [directory = '', batch = '', script = ''] = words.slice(at + 1);
      const ours = at >= 0 && [home, ...remoteRoots].some((root) => directory.startsWith(`${root}/`));
      if (!ours) return [];
      const first = (await readFile(join(directory, '.kiln/batches', batch, 'runner'), 'utf8').catch(() => '')).split(' ')[0];
      return [{ pid: Number(id), directory, batch, script, first: first === id }];
    }),
  );
  return found.flat();
}

/** The job whose directory it is. */
export function numberOf(directory: string): number {
  return Number(/(\d+)$/.exec(basename(directory))?.[1]);
}

/** False if it is not alive just now. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false; // It has just ended.
  }
}
