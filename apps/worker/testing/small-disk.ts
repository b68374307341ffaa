import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** Why there can be no small disks here; null if there can. */
export const smallDisksMissing = process.platform !== 'linux' || process.getuid?.() !== 0 ? 'only root on Linux can mount one' : null;

export interface SmallDisk {
  /** Leaves no room on it. */
  fill(): Promise<void>;
  makeRoom(): Promise<void>;
  grow(megabytes: number): Promise<void>;
  close(): Promise<void>;
}

/** A file system of so many megabytes at `path`. */
export async function smallDisk(path: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(path, { recursive: true });
  await exec('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'none', path]);
  const filler = join(path, 'filler');
  return {
    fill: () => writeFile(filler, Buffer.alloc(megabytes * 1024 * 1024)).catch(() => undefined), // until it is full
    makeRoom: () => rm(filler, { force: true }),
    grow: async (more) => void (await exec('mount', ['-o', `remount,size=${more}m`, path])),
    close: async () => void (await exec('umount', ['-l', path])),
  };
}
