import { execFile } from 'node:child_process';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface FoundServer {
  readonly pid: number;
  readonly port: number;
}

/**
 * The server that runs on a data directory; one that starts or stops is waited for. PostgreSQL writes about it in
 * `postmaster.pid`: https://www.postgresql.org/docs/18/storage-file-layout.html
 */
export async function findServer(data: string): Promise<FoundServer | undefined> {
  const file = join(data, 'postmaster.pid');
  for (let empty = 0; ; await sleep(20)) {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    const [pid, , , port, , , , status] = text.split('\n');
    if (!pid) {
      // It is written right after it is made. Empty for seconds, it is what a full disk or a crash left.
      empty += 1;
      if (empty > 250) return discard(file, text);
    } else if (!(await isServer(Number(pid), data))) {
      return isAlive(Number(pid)) ? discard(file, text) : undefined;
    } else if (status?.trim() === 'ready') {
      return { pid: Number(pid), port: Number(port) };
    }
  }
}

/** Whether the process is a server on this directory, and not a zombie or a stranger that has got its number. */
async function isServer(pid: number, data: string): Promise<boolean> {
  const command =
    process.platform === 'linux'
      ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') // No such process.
      : await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).then(
          (result) => result.stdout,
          () => '', // No such process.
        );
  return command.includes(data);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // PostgreSQL itself then sees that the file is stale.
  }
}

/** Takes a stale file away; moved first, so that a new server's file, written meanwhile, can be put back. */
async function discard(file: string, text: string): Promise<undefined> {
  const aside = `${file}.${process.pid}`;
  try {
    await rename(file, aside);
    if ((await readFile(aside, 'utf8')) !== text) await link(aside, file);
  } catch (error) {
    // Another process was faster.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EEXIST'))) throw error;
  }
  await rm(aside, { force: true });
  return undefined;
}
