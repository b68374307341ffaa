import { KnownError } from '@kiln/domain';
import { toKnownError } from '../trouble.ts';
import { remoteLine } from './remote-line.ts';
import type { RunOptions, RunResult, Shell } from './shell.ts';
import type { Link, RemoteCommand } from './ssh.ts';
import { collect, feed, KEPT_STDERR } from './streams.ts';

const DEFAULT_TIMEOUT = 60_000;

/** What a shell needs of a login. */
export interface Executor {
  readonly address: string;
  isFar?(): boolean;
  exec(line: string): Promise<RemoteCommand>;
}

/** A shell on a connection that somebody else opens and closes, for few commands at a time; it follows nothing. */
export function shellOn(link: Pick<Link, 'exec' | 'hostKey'>): Shell {
  return remoteShell({ address: link.hostKey.address, exec: (line) => link.exec(line) }, () => () => {});
}

/** The shell of a machine over SSH. */
export function remoteShell(host: Executor, follow: Shell['follow'], signal?: AbortSignal): Shell {
  return {
    async run(argv, options = {}) {
      const { code, stdout, stderr } = await complete(host, argv, options, signal);
      return { code, stdout: String(stdout), stderr };
    },
    isFar: () => host.isFar?.() ?? false,
    stream: (argv, input) => stream(host, argv, input, signal),
    read: (path, offset, length) => read(host, path, offset, length, signal),
    follow,
  };
}

type Complete = Omit<RunResult, 'stdout'> & { readonly stdout: Buffer };

async function complete(
  host: Executor,
  argv: readonly string[],
  { input = '', timeout = DEFAULT_TIMEOUT }: RunOptions,
  signal?: AbortSignal,
): Promise<Complete> {
  signal?.throwIfAborted();
  const command = await host.exec(remoteLine(argv));
  const guard = guardOf(command, signal, timeout);
  try {
    const [stdout, stderr, { code, signal: killed }] = await Promise.all([
      collect(command.stdout),
      collect(command.stderr, KEPT_STDERR),
      command.ended,
      Promise.race([feed(command.stdin, input), command.ended]), // what has ended takes no more
    ]);
    guard.check();
    if (code === null && killed === null) throw broken(host.address);
    return { code: code ?? 128, stdout, stderr: String(stderr) };
  } catch (error) {
    guard.check();
    throw error;
  } finally {
    guard.end();
    command.kill();
  }
}

/** Ends a command that takes too long or that nobody wants any more, and says so afterwards. */
function guardOf(command: RemoteCommand, signal: AbortSignal | undefined, timeout: number) {
  let late = false;
  const kill = () => command.kill();
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, timeout);
  signal?.addEventListener('abort', kill);
  if (signal?.aborted) kill();
  return {
    check() {
      signal?.throwIfAborted();
      if (late) throw new KnownError('PLATFORM_UNAVAILABLE', `A command did not end within ${timeout / 1000} s.`, { retryable: true });
    },
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
    },
  };
}

function broken(address: string): KnownError {
  return new KnownError('PLATFORM_UNAVAILABLE', `The connection to ${address} broke while a command ran.`, { retryable: true });
}

async function* stream(host: Executor, argv: readonly string[], input: string, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  signal?.throwIfAborted();
  const command = await host.exec(remoteLine(argv));
  const kill = () => command.kill();
  signal?.addEventListener('abort', kill);
  const stderr = collect(command.stderr, KEPT_STDERR);
  const fed = feed(command.stdin, input);
  for (const part of [stderr, fed]) part.catch(() => undefined); // whoever stops reading early does not await them
  try {
    yield* command.stdout as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
    const { code, signal: killed } = await command.ended;
    signal?.throwIfAborted();
    if (code === null && killed === null) throw broken(host.address);
    await Promise.race([fed, command.ended]);
    if (code !== 0) throw toKnownError(new Error(String(await stderr)), 'The results of tasks could not be read');
  } finally {
    signal?.removeEventListener('abort', kill);
    kill();
  }
}

/** A file that is not there is empty. */
const READ = '[ -e "$1" ] || exit 0; [ -r "$1" ] || { echo "Permission denied" >&2; exit 1; }; tail -c "+$2" "$1" | head -c "$3"';

async function read(host: Executor, path: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array();
  const argv = ['sh', '-c', READ, 'sh', path.startsWith('/') ? path : `./${path}`, String(offset + 1), String(length)];
  const { code, stdout, stderr } = await complete(host, argv, {}, signal);
  if (code !== 0) throw toKnownError(new Error(stderr || `exit code ${code}`), `${path} could not be read`);
  return stdout;
}
