import type { RemoteCommand } from './ssh.ts';

/** Changes to what is followed within this time are made at once; milliseconds. */
const GATHER = 100;
/** The old `tail` goes on for so long beside the new one, so that nothing falls between them. */
const OVERLAP = 1500;
/** Files that are followed at once; a command line has an end. Who follows more looks for himself. */
const MOST = 400;

/**
 * Follows any number of files of one machine with one `tail`, and tells when one of them grows. What is missed while there is
 * no connection is not made up for: who follows looks for himself now and then.
 */
export class Tail {
  private readonly followed = new Map<string, Set<() => void>>();
  private running: RemoteCommand | null = null;
  private timer: NodeJS.Timeout | null = null;
  /** One restart at a time: another that is asked for meanwhile comes after it. */
  private restarting = false;
  private closed = false;

  constructor(
    private readonly start: (argv: readonly string[]) => Promise<RemoteCommand>,
    /** Whether there is a session to spare for it. */
    private readonly mayRun: () => boolean,
  ) {}

  follow(path: string, hint: () => void): () => void {
    const hints = this.followed.get(path) ?? new Set();
    this.followed.set(path, hints.add(hint));
    if (hints.size === 1) this.restartSoon();
    return () => {
      if (!hints.delete(hint) || hints.size > 0) return;
      this.followed.delete(path);
      this.restartSoon();
    };
  }

  private restartSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (this.restarting) return this.restartSoon();
      this.restarting = true;
      this.restart()
        .catch(() => undefined) // no connection now; the next command makes one, and revives what is followed
        .finally(() => {
          this.restarting = false;
        });
    }, GATHER);
  }

  /** The connection went, and with it what ran on it. */
  broken(): void {
    this.running = null;
  }

  /** Starts again what went with a connection. */
  revive(): void {
    if (!this.running && this.followed.size > 0 && !this.restarting && this.mayRun()) this.restartSoon();
  }

  /** Ends it while there is no session to spare. */
  yield(): void {
    if (!this.mayRun()) this.end(this.running);
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    this.followed.clear();
    this.end(this.running);
  }

  private async restart(): Promise<void> {
    const paths = [...this.followed.keys()].slice(0, MOST);
    const before = this.running;
    const command = paths.length > 0 && this.mayRun() ? await this.start(['sh', '-c', FOLLOWER, 'tail', ...paths]) : null;
    if (command && (this.closed || !this.mayRun())) return this.end(command); // meanwhile the session is needed
    this.running = command;
    if (command) this.listen(command, paths);
    if (before) setTimeout(() => this.end(before), command ? OVERLAP : 0);
  }

  /** The script there ends with its standard input, and takes `tail` along. */
  private end(command: RemoteCommand | null): void {
    if (command && this.running === command) this.running = null;
    command?.stdin.end();
  }

  private listen(command: RemoteCommand, paths: readonly string[]): void {
    let current = paths[0] ?? '';
    const tell = (path: string) => {
      for (const hint of this.followed.get(path) ?? []) hint();
    };
    command.stdout.on('data', (chunk: Buffer) => {
      tell(current);
      for (const [, path = ''] of chunk.toString('utf8').matchAll(/^==> (.*) <==$/gm)) {
        current = path;
        tell(path);
      }
    });
    command.stderr.resume();
    command.ended.then(() => {
      if (this.running === command) this.running = null;
    });
  }
}

/**
 * Ends with its standard input, whoever closed that: the worker, or the server because the connection is gone. Where `tail` has to
 * look by itself (network file systems), five times a second if it knows fractions.
 */
const FOLLOWER =
  'often=; tail -s 0.2 -n 0 /dev/null 2>/dev/null && often="-s 0.2"; tail $often -n 0 -F -- "$@" 2>/dev/null & read -r _; kill $!';
