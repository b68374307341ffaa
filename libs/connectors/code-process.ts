import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { serialize } from 'node:v8';
import { type CodeCall, type CodeReply, type CodeRequest, messageOf, type ToChild } from './code-messages.ts';
import { namespacePrefix } from './code-namespace.ts';
import { linesOf, TooLong, tailOf } from './code-streams.ts';

/** How a call of a connector's code came out; `said` is the end of what it wrote to its standard error. */
export type CodeOutcome = Answered | ((Threw | Ended) & { readonly said: string }) | Unstarted;

/** It is not the code's fault. */
interface Unstarted {
  readonly kind: 'unstarted';
  readonly why: string;
}

interface Answered {
  readonly kind: 'answered';
  readonly answer: unknown;
}

interface Threw {
  readonly kind: 'threw';
  readonly message: string;
  /** It let an error through that was said to be none of its fault. */
  readonly trouble: boolean;
}

interface Ended {
  readonly kind: 'ended';
  /** What follows the name of the function in a sentence. */
  readonly how: string;
}

type Outcome = Answered | Threw | Ended;

export interface CodeRun {
  readonly call: CodeCall;
  /** The text of the process's own program. */
  readonly program: string;
  /** Its working directory. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly time: number;
  /** Megabytes of its heap; what lies outside of it may be as much and half a gigabyte. */
  readonly memory: number;
  readonly signal: AbortSignal;
  /** Answers what the code asks for; it does not reject. */
  serve(request: CodeRequest): Promise<CodeReply>;
}

/** Runs code in a process of its own, which is gone when this settles. @throws what `signal` was aborted with */
export async function runProcess(run: CodeRun): Promise<CodeOutcome> {
  run.signal.throwIfAborted();
  const child = await start(run);
  if ('kind' in child) return child;
  const exit = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(exitText(code, signal))));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const said = tailOf(child.stderr, SAID_BYTES);
  const progress = { ready: false };
  const talk = converse(child, run, progress);
  const over = exit.then(async (how) => (await Promise.race([talk, pause(GRACE_MS, null, { ref: false })])) ?? ended(how));
  const settled = new AbortController();
  const late = pause(run.time, ended(`did not finish within ${duration(run.time)}`), { signal: settled.signal });
  const aborted = once(run.signal, 'abort', { signal: settled.signal }).then(() => Promise.reject(run.signal.reason));
  try {
    const outcome = await Promise.race([talk.then((last) => last ?? over), over, late, aborted]);
    await stop(child, exit, closed);
    return complete(outcome, progress.ready, said(), run.memory);
  } finally {
    settled.abort();
    await stop(child, exit, closed);
  }
}

/** For what is still in the pipes when the process has gone. */
const GRACE_MS = 1000;
/** A process that cannot even be killed is in a system call that hangs; it is not waited for. */
const KILLED_MS = 5000;
const SAID_BYTES = 16_384;
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;
const MOST_REQUESTS = 8;

/**
 * The first one that the kernel ends when memory is short, without a core dump. The limit of processor time is for a process whose worker
 * was killed; the one of memory is for what does not lie on the heap. The shell stays: it is the first process of its namespace, which no
 * signal from inside ends, and when it goes, all go. What it has to say itself (`Killed`) is nobody's.
 */
const LIMITED =
  '{ echo 1000 >/proc/self/oom_score_adj; ulimit -c 0; ulimit -t "$1"; ulimit -d "$2"; } 2>/dev/null; shift 2; exec 4>&2 2>/dev/null; (exec "$@" 2>&4 4>&-); exit $?';

async function start(run: CodeRun): Promise<ChildProcess | Unstarted> {
  try {
    const child = spawned(run, await namespacePrefix());
    return child.pid === undefined ? { kind: 'unstarted', why: String((await once(child, 'error'))[0]) } : child;
  } catch (error) {
    return { kind: 'unstarted', why: String(error) }; // some errors are thrown, others are events
  }
}

function spawned({ directory, environment, time, memory }: CodeRun, prefix: readonly string[]): ChildProcess {
  const limits = [String(Math.ceil(time / 1000) * 8 + 60), String((2 * memory + 512) * 1024)];
  const program = [process.execPath, `--max-old-space-size=${memory}`, '--input-type=module', '-'];
  const [first = '/bin/sh', ...words] = [...prefix, '/bin/sh', '-c', LIMITED, 'sh', ...limits, ...program];
  return spawn(first, words, {
    cwd: directory,
    env: environment,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  });
}

/** The last word of the process; null if it closed the channel without one. */
async function converse(child: ChildProcess, { program, call, serve }: CodeRun, progress: { ready: boolean }): Promise<Outcome | null> {
  const channel = child.stdio[3] as Socket; // `pipe` gives a socket
  channel.on('error', () => undefined); // when it is gone, that is seen by reading
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined).end(program);
  const busy = new Set<Promise<void>>();
  try {
    for await (const line of linesOf(channel, MOST_ANSWER_BYTES)) {
      const message = messageOf(line);
      if (message === null) return ended('wrote to the channel that is for Kiln');
      if (message.type === 'answer') return { kind: 'answered', answer: message.answer };
      if (message.type === 'error') return { kind: 'threw', message: message.error, trouble: message.trouble };
      if (message.type === 'ready') {
        if (!progress.ready) await send(channel, { call });
        progress.ready = true;
        continue;
      }
      const work = serve(message).then((reply) => send(channel, { request: message.request, ...reply }));
      const done: Promise<void> = work.finally(() => busy.delete(done));
      busy.add(done);
      if (busy.size >= MOST_REQUESTS) await Promise.race(busy);
    }
  } catch (error) {
    if (error instanceof TooLong) return ended('returned more than 64 MiB; give files of tasks as { task, path } instead');
    if (!(error instanceof Error && 'code' in error)) throw error; // else the channel broke
  }
  return null;
}

/** Resolves when it is written, or cannot be written any more. */
function send(channel: Socket, message: ToChild): Promise<void> {
  const content = serialize(message);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(content.length);
  channel.write(head);
  return new Promise((resolve) => channel.write(content, () => resolve()));
}

function ended(how: string): Ended {
  return { kind: 'ended', how };
}

async function stop(child: ChildProcess, exit: Promise<unknown>, closed: Promise<unknown>): Promise<void> {
  killGroup(child.pid);
  await Promise.race([exit, pause(KILLED_MS, null, { ref: false })]);
  child.stdio[3]?.destroy();
  await Promise.race([closed, pause(GRACE_MS, null, { ref: false })]); // what left the group may hold the pipes
  for (const stream of child.stdio) stream?.destroy();
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}

function complete(outcome: Outcome, ready: boolean, stderr: string, memory: number): CodeOutcome {
  if (outcome.kind === 'answered') return outcome;
  const said = lastWords(stderr);
  if (outcome.kind === 'threw') return { ...outcome, said };
  if (!ready) return { kind: 'unstarted', why: said || outcome.how };
  if (!stderr.includes('heap out of memory')) return { ...outcome, said };
  return { kind: 'ended', how: `needed more memory than the ${memory.toLocaleString('en')} MB that it may have`, said: '' };
}

/** The last lines that say something; where in a program is no use to whoever reads them. */
function lastWords(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/\p{Cc}+/gu, ' ').trim());
  return lines
    .filter((line) => line !== '' && !/^(at |Node\.js v)/.test(line))
    .slice(-3)
    .join(' | ')
    .slice(-500);
}

function exitText(code: number | null, signal: NodeJS.Signals | null): string {
  const by = signal ?? signalIn(code);
  return by ? `was ended by signal ${by} before it gave a result` : `ended with exit code ${code} before it gave a result`;
}

/** A shell says 128 and the number of the signal that ended its command. */
function signalIn(code: number | null): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number + 128 === code)?.[0];
}

function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
}
