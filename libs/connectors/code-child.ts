/**
 * Runs one function of a connector's own code. It is a program of its own: the process that it runs in gets its text on standard input,
 * and speaks with the one that started it over file descriptor 3. There it gets frames (a length of four bytes, then what
 * `v8.serialize` made) and gives lines of JSON, which the other side can check without trusting them.
 */
import { Socket } from 'node:net';
import { deserialize } from 'node:v8';
import type { CodeCall, CodeReply, CodeRequest, FromChild, ToChild } from './code-messages.ts';
import './share-domain.ts';

const channel = new Socket({ fd: 3, readable: true, writable: true });
const asked = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
/** Errors that are not the fault of this connector. */
const troubles = new WeakSet<object>();
let requests = 0;
let answered = false;

channel.on('data', receiver());
channel.on('end', () => process.exit());
process.on('uncaughtException', fail);
process.on('beforeExit', () => fail(new Error('it waits for something that cannot happen any more')));
say({ type: 'ready' });

function receiver(): (chunk: Buffer) => void {
  let received: Buffer[] = [];
  let size = 0;
  return (chunk) => {
    received.push(chunk);
    size += chunk.length;
    while (size >= 4) {
      if ((received[0]?.length ?? 0) < 4) received = [Buffer.concat(received)];
      const length = (received[0]?.readUInt32BE(0) ?? 0) + 4;
      if (size < length) return;
      const all = Buffer.concat(received);
      received = [all.subarray(length)];
      size -= length;
      take(deserialize(all.subarray(4, length)));
    }
  };
}

function take(message: ToChild): void {
  if ('request' in message) settle(message);
  else {
    channel.unref(); // so that the process ends by itself when its code waits for nothing
    run(message.call).catch(fail);
  }
}

async function run(call: CodeCall): Promise<void> {
  const { default: connector } = await import(call.module);
  if (call.name === 'sweep') return answer(sweepOf(connector.sweep(...call.input)));
  if (call.name === 'converged') return answer(await connector.converged(call.input));
  const tasks = call.input.tasks.map(({ number, values }) => ({
    number,
    values,
    list: (path = '') => ask(number, 'list', path),
    text: (path: string) => ask(number, 'text', path),
    bytes: (path: string) => ask(number, 'bytes', path),
  }));
  answer(await connector[call.name]({ ...call.input, tasks }));
}

function sweepOf(result: unknown): unknown {
  if (result instanceof Promise) throw new Error('it must return a map of lists, not a promise');
  return result;
}

function ask(task: number, method: CodeRequest['method'], path: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    requests += 1;
    asked.set(requests, { resolve, reject });
    channel.ref();
    say({ type: 'request', request: requests, task, method, path: String(path) });
  });
}

function settle(reply: Extract<ToChild, { request: number }>): void {
  const waiting = asked.get(reply.request);
  asked.delete(reply.request);
  if (asked.size === 0) channel.unref();
  if ('value' in reply) waiting?.resolve(reply.value);
  else waiting?.reject(errorOf(reply));
}

function errorOf({ error, trouble }: Exclude<CodeReply, { value: unknown }>): Error {
  const rejection = new Error(error);
  if (trouble) troubles.add(rejection);
  return rejection;
}

function answer(result: unknown): void {
  sayLast({ type: 'answer', answer: result ?? null }); // JSON has no undefined
}

function fail(error: unknown): void {
  sayLast({ type: 'error', error: textOf(error), trouble: isTrouble(error) });
}

function sayLast(message: FromChild): void {
  if (answered) return;
  say(message);
  answered = true;
}

function say(message: FromChild): void {
  channel.write(`${JSON.stringify(message, faithful)}\n`);
}

/** JSON would change these without a word. */
function faithful(_key: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Set) throw new Error('it returned a Map or a Set; return a plain object or a list');
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : `it threw ${String(error)}`;
  } catch {
    return 'it threw what cannot be shown'; // a connector may throw anything
  }
}

function isTrouble(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return troubles.has(error) || (depth < 5 && 'cause' in error && isTrouble(error.cause, depth + 1));
}
