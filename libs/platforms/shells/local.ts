import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
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
  const start = ([command = '', ...rest]: readonly string[]) =>
    spawn(command, rest, { env, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'], killSignal: 'SIGKILL', ...(signal ? { signal } : {}) });
  return {
    here: true,
    run: (argv, options) => run(start(argv), options),
    stream: (argv, input) => stream(start(argv), input),
    read,
    follow,
  };
}

async function run(child: ChildProcessWithoutNullStreams, { input = '', timeout = 60_000 }: RunOptions = {}): Promise<RunResult> {
  const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
  const started = Date.now();
  try {
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr, KEPT_STDERR);
    for (const part of [stdout, stderr]) part.catch(() => undefined); // awaited below, unless the command itself fails first
    const [{ code, signal }] = await Promise.all([end(child), feed(child.stdin, input)]);
    if (signal === 'SIGKILL' && Date.now() - started >= timeout) {
      throw new KnownError('PLATFORM_UNAVAILABLE', `A command did not end within ${timeout / 1000} s.`, { retryable: true });
    }
    return { code: code ?? 128, stdout: String(await stdout), stderr: String(await stderr) };
  } finally {
    clearTimeout(timer);
  }
}

async function* stream(child: ChildProcessWithoutNullStreams, input: string): AsyncIterable<Uint8Array> {
  const stderr = collect(child.stderr, KEPT_STDERR);
  const ended = end(child);
  const fed = feed(child.stdin, input);
  for (const part of [stderr, ended, fed]) part.catch(() => undefined); // whoever stops reading early does not await them
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
    const { code } = await ended;
    await fed;
    if (code !== 0) throw toKnownError(new Error(String(await stderr)), 'The results of tasks could not be read');
  } finally {
    child.kill('SIGKILL');
  }
}

function end(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

async function read(path: string, offset: number, length: number): Promise<Uint8Array> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) return new Uint8Array();
    throw toKnownError(error, `${path} could not be read`);
  }
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.read(buffer, 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function follow(path: string, hint: () => void): () => void {
  try {
    const watcher = watch(path, () => hint());
    watcher.on('error', () => watcher.close()); // Only a hint: the next look finds the truth.
    return () => watcher.close();
  } catch {
    return () => {}; // There is no such file yet: again, the next look finds the truth.
  }
}
