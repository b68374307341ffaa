import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { type FileHandle, constants as fileFlags, open } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, dirname } from 'node:path';
import { KnownError } from '@kiln/domain';
import { isNodeError, toKnownError } from '../trouble.ts';
import type { RunOptions, RunResult, Shell } from './shell.ts';
import { collect, feed, KEPT_STDERR } from './streams.ts';

/** What a payload needs of the worker's environment; nothing else of it, secrets above all, reaches a payload. */
const PASSED_ON = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];

/**
 * The shell of this machine. `environment` is the process's own; only what payloads need of it is passed on.
 * An abort of `signal` kills what runs.
 */
export function localShell(environment: Readonly<Record<string, string | undefined>>, signal?: AbortSignal): Shell {
  const env = Object.fromEntries(PASSED_ON.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
  return {
    here: true,
    machine: 'this machine',
    run: async (argv, options) => run(start(argv, env, signal), options, signal),
    stream: (argv, input) => stream(argv, env, input, signal),
    read,
    follow,
  };
}

type Child = ChildProcessWithoutNullStreams;
type Environment = Readonly<Record<string, string>>;

function start([command = '', ...rest]: readonly string[], env: Environment, signal?: AbortSignal): Child {
  signal?.throwIfAborted();
  // A process group of its own, so that it can be killed with all that it started.
  const child = spawn(command, rest, { env, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const abort = () => kill(child);
  signal?.addEventListener('abort', abort);
  child.once('close', () => signal?.removeEventListener('abort', abort));
  return child;
}

function kill(child: Child): void {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (!isNodeError(error, 'ESRCH', 'EPERM')) throw error; // It is gone; macOS says EPERM of what only waits to be buried.
  }
  for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy(); // Who left the group may still hold them.
}

async function run(child: Child, { input = '', timeout = 60_000 }: RunOptions = {}, signal?: AbortSignal): Promise<RunResult> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill(child);
  }, timeout);
  const check = () => {
    signal?.throwIfAborted();
    if (late) throw new KnownError('PLATFORM_UNAVAILABLE', `A command did not end within ${timeout / 1000} s.`, { retryable: true });
  };
  try {
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr, KEPT_STDERR);
    for (const part of [stdout, stderr]) part.catch(() => undefined); // awaited below, unless the command itself fails first
    const [{ code, trouble }] = await Promise.all([end(child), feed(child.stdin, input)]);
    check();
    return { code, stdout: String(await stdout), stderr: `${await stderr}${trouble}` };
  } catch (error) {
    check();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function* stream(argv: readonly string[], env: Environment, input: string, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  const child = start(argv, env, signal);
  const stderr = collect(child.stderr, KEPT_STDERR);
  const ended = end(child);
  const fed = feed(child.stdin, input);
  for (const part of [stderr, ended, fed]) part.catch(() => undefined); // whoever stops reading early does not await them
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
    const { code, trouble } = await ended;
    await fed;
    if (code !== 0) throw toKnownError(new Error(`${await stderr}${trouble}`), 'The results of tasks could not be read');
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    if (child.exitCode === null && child.signalCode === null) kill(child);
  }
}

/** `code` as shells give it: 128 and the number of the signal for what a signal ended, 127 if there is no such command. */
function end(child: Child): Promise<{ readonly code: number; readonly trouble: string }> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      if (isNodeError(error, 'ENOENT')) resolve({ code: 127, trouble: `${child.spawnfile}: not found\n` });
      else reject(error);
    });
    child.once('close', (code, signal) => resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), trouble: '' }));
  });
}

async function read(path: string, offset: number, length: number): Promise<Uint8Array> {
  let file: FileHandle;
  try {
    file = await open(path, fileFlags.O_RDONLY | fileFlags.O_NONBLOCK); // a named pipe is else opened when somebody writes to it
  } catch (error) {
    if (isNodeError(error, 'ENOENT', 'ENXIO')) return new Uint8Array();
    throw toKnownError(error, `${path} could not be read`);
  }
  try {
    const found = await file.stat();
    if (!found.isFile() && !found.isDirectory()) return new Uint8Array();
    const { size } = found; // a journal is asked for megabytes at every look and has grown by a few lines
    const from = offset < 0 ? Math.max(0, size + offset) : offset;
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - from)));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Watches the directory, since the file may come later. */
function follow(path: string, hint: () => void): () => void {
  try {
    const watcher = watch(dirname(path), (_event, name) => {
      if (name === basename(path)) hint();
    });
    watcher.on('error', () => watcher.close()); // Only a hint: the next look finds the truth.
    return () => watcher.close();
  } catch {
    return () => {}; // There is no such directory yet: again, the next look finds the truth.
  }
}
