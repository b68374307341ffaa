import { setMaxListeners } from 'node:events';
import { KnownError } from '@kiln/domain';
import { toKnownError } from '../trouble.ts';
import { remoteLine } from './remote-line.ts';
import type { RunOptions, RunResult, Shell } from './shell.ts';
import { type Link, Refused, type RemoteCommand } from './ssh.ts';
import { collect, feed, KEPT_STDERR } from './streams.ts';

const DEFAULT_TIMEOUT = 60_000;
/** A stream of which nothing came for this long is given up. */
const SILENCE = 300_000;

/** What a shell needs of a login. */
export interface Executor {
  readonly address: string;
  readonly machine?: string;
  isFar?(): boolean;
  exec(line: string, signal?: AbortSignal): Promise<RemoteCommand>;
}

/** A shell on a connection that somebody else opens and closes, for few commands at a time; it follows nothing. */
export function shellOn(link: Pick<Link, 'exec' | 'hostKey'>): Shell {
  const exec = (line: string) =>
    link.exec(line).catch((error) => {
      if (!(error instanceof Refused)) throw error;
      throw new KnownError('PLATFORM_UNAVAILABLE', `${link.hostKey.address} lets nobody run commands (${error.message}).`, {
        retryable: true,
      });
    });
  return remoteShell({ address: link.hostKey.address, exec }, () => () => {});
}

/** The shell of a machine over SSH. */
export function remoteShell(host: Executor, follow: Shell['follow'], signal?: AbortSignal): Shell {
  return {
    ...(host.machine !== undefined && { machine: host.machine }),
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

async function complete(host: Executor, argv: readonly string[], options: RunOptions, signal?: AbortSignal): Promise<Complete> {
  const { input = '', timeout = DEFAULT_TIMEOUT } = options;
  const limit = timeLimit(timeout, signal);
  try {
    const command = await host.exec(remoteLine(argv), limit.signal);
    return await limit.hold(command, async () => {
      const [stdout, stderr, { code, signal: killed }] = await Promise.all([
        collect(command.stdout),
        collect(command.stderr, KEPT_STDERR),
        command.ended,
        Promise.race([feed(command.stdin, input), command.ended]), // what has ended takes no more
      ]);
      if (code === null && killed === null) throw broken(host.address);
      return { code: code ?? 128, stdout, stderr: String(stderr) };
    });
  } finally {
    limit.end();
  }
}

/** Aborts when `signal` does, or when the time is over; waiting for a session counts. */
function timeLimit(milliseconds: number, signal?: AbortSignal) {
  const abort = new AbortController();
  const seconds = milliseconds / 1000;
  const late = () => abort.abort(new KnownError('PLATFORM_UNAVAILABLE', `A command did not end within ${seconds} s.`, { retryable: true }));
  const timer = setTimeout(late, milliseconds);
  const passOn = () => abort.abort(signal?.reason);
  if (signal) setMaxListeners(0, signal); // as many as there are commands at once
  signal?.addEventListener('abort', passOn);
  if (signal?.aborted) passOn();
  return {
    signal: abort.signal,
    /** The time begins anew. */
    renew: () => void timer.refresh(),
    /** Does something with a command, which is killed afterwards, and at once when the time is over. */
    async hold<T>(command: RemoteCommand, action: () => Promise<T>): Promise<T> {
      let aborted = () => {};
      const ended = new Promise<never>((_resolve, reject) => {
        aborted = () => {
          command.kill();
          reject(abort.signal.reason);
        };
        abort.signal.addEventListener('abort', aborted);
      });
      if (abort.signal.aborted) aborted();
      try {
        return await Promise.race([action(), ended]);
      } finally {
        abort.signal.removeEventListener('abort', aborted);
        command.kill();
      }
    },
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', passOn);
    },
  };
}

function broken(address: string): KnownError {
  return new KnownError('PLATFORM_UNAVAILABLE', `The connection to ${address} broke while a command ran.`, { retryable: true });
}

async function* stream(host: Executor, argv: readonly string[], input: string, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  const limit = timeLimit(SILENCE, signal);
  const kill = { now: () => {} };
  try {
    const command = await host.exec(remoteLine(argv), limit.signal);
    kill.now = () => command.kill();
    limit.signal.addEventListener('abort', kill.now);
    limit.signal.throwIfAborted(); // while the command began
    const stderr = collect(command.stderr, KEPT_STDERR);
    const fed = feed(command.stdin, input);
    for (const part of [stderr, fed]) part.catch(() => undefined); // whoever stops reading early does not await them
    for await (const chunk of command.stdout as AsyncIterable<Uint8Array>) {
      // a Readable without an encoding yields buffers
      limit.renew();
      yield chunk;
      limit.renew(); // whoever reads may take his time
    }
    limit.signal.throwIfAborted();
    const { code, signal: killed } = await command.ended;
    if (code === null && killed === null) throw broken(host.address);
    await Promise.race([fed, command.ended]);
    if (code !== 0) throw toKnownError(new Error(String(await stderr)), 'The results of tasks could not be read');
  } finally {
    limit.end();
    kill.now();
  }
}

/** A file that is not there is empty. */
const READ =
  '[ -f "$1" ] || [ -d "$1" ] || exit 0; [ -r "$1" ] || { echo "Permission denied" >&2; exit 1; }; tail -c "$2" "$1" | head -c "$3"';

async function read(host: Executor, path: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array();
  const from = offset < 0 ? `${-offset}` : `+${offset + 1}`;
  const argv = ['sh', '-c', READ, 'sh', path.startsWith('/') ? path : `./${path}`, from, String(length)];
  const { code, stdout, stderr } = await complete(host, argv, {}, signal);
  if (code !== 0) throw toKnownError(new Error(stderr || `exit code ${code}`), `${path} could not be read`);
  return stdout;
}
