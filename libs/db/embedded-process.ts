import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';

/** As whom the database server runs. PostgreSQL refuses to run as root. */
export interface Identity {
  /** Words put before the server's command line. */
  readonly prefix: readonly string[];
  /** The real user id that the data directory must have; undefined: nothing needs to change. */
  readonly owner?: number;
}

export interface ServerProcess {
  running(): boolean;
  /** Resolves when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Ends the server as soon as standard input closes. The kernel closes it when the process at its other end is gone,
 * even after `kill -9`. INT is PostgreSQL's fast shutdown.
 */
const UNTIL_INPUT_CLOSES = `
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
{ read -r never <&3; kill -INT "$server"; } >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$server"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`;

const LOG_LIMIT = 10_000_000;

/** Starts the server; what it has to say goes to the file `log`. */
export async function startServer(identity: Identity, program: string, args: readonly string[], log: string): Promise<ServerProcess> {
  // Appended to, since another process that starts at the same moment writes here too.
  const output = await open(log, 'a', 0o600);
  if ((await output.stat()).size > LOG_LIMIT) await output.truncate();
  const child = spawn('sh', ['-c', UNTIL_INPUT_CLOSES, 'sh', ...identity.prefix, program, ...args], {
    cwd: '/',
    // A session of its own: Ctrl-C at a terminal ends Kiln first, and Kiln then ends its database.
    detached: true,
    stdio: ['pipe', output.fd, output.fd],
  });
  const ended = new Promise<void>((resolve, reject) => child.once('exit', () => resolve()).once('error', reject));
  ended.catch(() => undefined); // Thrown again to whoever calls stop().
  child.stdin?.on('error', () => undefined); // The server ended first.
  await Promise.race([once(child, 'spawn'), ended]);
  await output.close();
  child.unref();
  return {
    running: () => child.exitCode === null && child.signalCode === null,
    ended,
    async stop() {
      child.ref();
      child.stdin?.end();
      await ended;
    },
  };
}

/** Runs a program to its end; an error with what it wrote when it does not succeed. */
export async function runProgram(identity: Identity, program: string, args: readonly string[]): Promise<void> {
  const [file = program, ...rest] = [...identity.prefix, program, ...args];
  const child = spawn(file, rest, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`${file} ${program} ended with ${child.exitCode ?? child.signalCode}: ${output.trim()}`);
}
