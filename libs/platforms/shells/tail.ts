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

  constructor(private readonly start: (argv: readonly string[]) => Promise<RemoteCommand>) {}

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

  /** There is a connection again, or none any more. */
  restartSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.restart().catch(() => undefined); // no connection now; the next look of whoever follows makes one
    }, GATHER);
  }

  /** The connection went, and with it what ran on it. */
  broken(): void {
    this.running = null;
  }

  /** Starts again what went with a connection. */
  revive(): void {
    if (!this.running && this.followed.size > 0) this.restartSoon();
  }

  close(): void {
    if (this.timer) clearTimeout(this.timer);
    this.followed.clear();
    this.running?.kill();
  }

  private async restart(): Promise<void> {
    const before = this.running;
    const paths = [...this.followed.keys()].slice(0, MOST);
    this.running = null;
    if (paths.length > 0) {
      const command = await this.start(['sh', '-c', FOLLOWER, 'tail', ...paths]);
      this.running = command;
      this.listen(command, paths);
    }
    if (before) setTimeout(() => before.stdin.end(), paths.length > 0 ? OVERLAP : 0);
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
