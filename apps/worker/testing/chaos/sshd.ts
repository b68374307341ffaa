import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BedEnv } from '@kiln/testing/bed';
import { listen } from '@kiln/testing/listen';
import { type Supervised, supervise } from './supervised.ts';

export interface OwnSshd {
  readonly port: number;
  /** Kills the server and all of its sessions; false if it is not alive just now. */
  kill(): Promise<boolean>;
  /** What it has written. */
  close(): Promise<void>;
}

/** An SSH server for the users of a bed's, on another port, so that it can be killed while others use that one. */
export async function ownSshd(env: BedEnv): Promise<OwnSshd> {
  const directory = await mkdtemp(join(tmpdir(), 'kiln-chaos-sshd-'));
  const { port, close } = await listen(() => {});
  await close();
  const bed = join(env['SSH_KEY'] ?? '', '..');
  const theirs = await readFile(join(bed, 'sshd_config'), 'utf8');
  const config = join(directory, 'sshd_config');
  await writeFile(config, theirs.replace(/^Port .*$/m, `Port ${port}`).replace(/^PidFile .*$/m, `PidFile ${directory}/sshd.pid`));
  const server: Supervised = await supervise(['/usr/sbin/sshd', '-D', '-e', '-f', config], process.env, join(directory, 'log'));
  return {
    port,
    async kill() {
      const pid = server.pid();
      const sessions = pid === undefined ? [] : await descendants(pid);
      if (!server.kill()) return false;
      for (const session of sessions) kill(session);
      return true;
    },
    async close() {
      const pid = server.pid();
      const sessions = pid === undefined ? [] : await descendants(pid);
      await server.stop();
      for (const session of sessions) kill(session);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The server's own processes below it, not what its users run. */
async function descendants(pid: number): Promise<readonly number[]> {
  const all = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(statOf));
  const sshds = all.filter(({ name }) => name.startsWith('sshd'));
  const found = new Set([pid]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const one of sshds) if (found.has(one.parent)) found.add(one.pid);
  }
  found.delete(pid);
  return [...found];
}

async function statOf(id: string): Promise<{ pid: number; name: string; parent: number }> {
  const text = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => ''); // It has just ended.
  const [, name = '', rest = ''] = /\((.*)\) (.*)/.exec(text) ?? [];
  return { pid: Number(id), name, parent: Number(rest.split(' ')[1]) };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended with the server.
  }
}
