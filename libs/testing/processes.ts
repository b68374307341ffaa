import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Session } from 'ssh2';

/** What runs for those who are logged in to the SSH server of this process. */
export class Processes {
  private readonly groups = new Set<number>();
  /** Stands in the environment of all that is started, and so finds what left its process group. */
  private readonly mark = `KILN_TEST_SERVER=${randomUUID()}`;

  constructor(private readonly directory: string) {}

  /** Runs what is asked for in a session; `over` is called when its channel is closed. */
  serve(session: Session, over: () => void): void {
    session.on('exec', (accept, _reject, { command }) => {
      const [name = '', value = ''] = this.mark.split('=');
      const child = spawn('/bin/sh', ['-c', command], {
        cwd: this.directory,
        env: { PATH: process.env['PATH'], HOME: this.directory, [name]: value },
        detached: true, // a session of its own, as with sshd: a signal reaches all that the command started
      });
      const { pid } = child;
      if (pid) this.groups.add(pid);
      const channel = accept();
      channel.pipe(child.stdin).on('error', () => undefined); // A command need not read its input.
      child.stdout.pipe(channel, { end: false });
      child.stderr.pipe(channel.stderr, { end: false });
      child.once('close', (code, signal) => {
        if (pid) this.groups.delete(pid);
        if (signal) channel.exit(signal.replace(/^SIG/, ''));
        else channel.exit(code ?? 255);
        channel.unpipe().resume(); // It is closed only when all was read, also what the command did not read.
        channel.stderr.end(() => channel.end()); // else the end of what was said there is lost
      });
      channel.on('error', () => undefined); // The connection went; `close` follows.
      const closed = () => {
        over();
        for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy(); // What runs is not told more than that.
      };
      session.once('close', closed);
      channel.once('close', closed); // when the connection goes
      // ssh2's server hears no signals once standard input has ended; OpenSSH does.
      session.once('eof', () => Reflect.set(session, '_ending', false));
      session.on('signal', (_accept, _reject, info) => {
        if (pid && child.exitCode === null) kill(-pid, `SIG${info.name}`);
      });
    });
  }

  /** Kills all that was started here and still runs; on Linux also what goes on behind a command that ended. */
  async end(): Promise<void> {
    for (const pid of this.groups) kill(-pid, 'SIGKILL');
    if (process.platform !== 'linux') return;
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      if (environment.split('\0').includes(this.mark)) kill(Number(pid), 'SIGKILL');
    }
  }
}

function kill(pid: number, signal: string): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
