import { createHash } from 'node:crypto';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandError, EXIT } from '../exit.ts';
import { field } from './field.ts';

/** What other commands of the same user may ask the `kiln up` of a home directory. */
export interface Answers {
  /** A fresh sign-in link. */
  readonly 'sign-in': () => Promise<string>;
  /** The database's address. */
  readonly database: () => Promise<string>;
  /** Where the API listens. */
  readonly address: () => Promise<string>;
}

export interface Control {
  close(): Promise<void>;
}

/**
 * Makes this process the `kiln up` of `home`, or returns undefined if there is one. A socket instead of a file with a
 * process number: the system forgets it with the process, so that a crash or a reused number never locks anybody out.
 */
export async function holdControl(home: string, answers: Answers): Promise<Control | undefined> {
  const path = socketPath(home);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const server = createServer({ allowHalfOpen: true }, (socket) => reply(socket, answers));
  if (!(await listens(server, path))) {
    if ((await isAlive(path)) || !(await discard(path)) || !(await listens(server, path))) return undefined;
  }
  await chmod(path, 0o600);
  return { close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Undefined when no `kiln up` runs on `home`. */
export async function askControl(home: string, question: keyof Answers): Promise<string | undefined> {
  const text = await exchange(socketPath(home), question);
  if (text === undefined) return undefined;
  if (text === '') throw new CommandError('Kiln stopped while it was asked: try again.', EXIT.unreachable);
  const answer: unknown = JSON.parse(text);
  const value = field(answer, 'answer');
  if (typeof value === 'string') return value;
  throw new CommandError(String(field(answer, 'error')), EXIT.failed);
}

// A socket's path has at most 107 bytes on Linux and 103 on macOS.
const LONGEST_PATH = 100;

function socketPath(home: string): string {
  const path = join(home, 'up.sock');
  if (Buffer.byteLength(path) <= LONGEST_PATH) return path;
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  return join(tmpdir(), `kiln-${process.getuid?.() ?? 0}-${name}`, 'up.sock');
}

async function reply(socket: Socket, answers: Answers): Promise<void> {
  socket.on('error', () => socket.destroy()); // whoever asked has gone
  const question = await readAll(socket);
  try {
    if (question !== 'sign-in' && question !== 'database' && question !== 'address')
      throw new Error('This Kiln does not know the question.');
    socket.end(JSON.stringify({ answer: await answers[question]() }));
  } catch (error) {
    socket.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
  }
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) text += String(chunk);
  return text;
}

/** How long a Kiln that lives may take to answer; milliseconds. */
const PATIENCE = 20_000;

function exchange(path: string, question: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    let text = '';
    socket.setTimeout(PATIENCE, () => {
      socket.destroy();
      const advice = 'end its process (`kiln up`) and start it again; its logs are in the folder logs of its home';
      reject(new CommandError(`Kiln runs but does not answer: ${advice}.`, EXIT.unreachable));
    });
    socket.on('connect', () => socket.end(question));
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('end', () => resolve(text));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve('');
      else reject(error);
    });
  });
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error));
    server.once('error', failed);
    server.listen(path, () => {
      server.off('error', failed);
      resolve(true);
    });
  });
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Takes the socket of a dead process away; moved first, so that one which came alive meanwhile can be put back. */
async function discard(path: string): Promise<boolean> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (field(error, 'code') === 'ENOENT') return true;
    throw error;
  }
  if (await isAlive(aside)) {
    await rename(aside, path);
    return false;
  }
  await rm(aside, { force: true });
  return true;
}
