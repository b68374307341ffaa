import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A server that speaks S3, in a process of its own, with one bucket. It knows its keys and does not verify what they sign. */
export interface S3Server {
  readonly endpoint: string;
  /** Makes an object look two days old. */
  outdate(key: string): Promise<void>;
  /** It keeps what it was given. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The key that it knows. */
export const S3_KEY = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
export const S3_BUCKET = 'results';

const PROGRAM = fileURLToPath(new URL('./s3-server.child.ts', import.meta.url));

export async function s3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'kiln-s3-'));
  let running = await start(directory, 0);
  const { port } = running;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async outdate(key) {
      const before = Date.now() / 1000 - 2 * 86_400;
      await utimes(join(directory, S3_BUCKET, `${key}._S3rver_object`), before, before);
    },
    kill: () => running.kill(),
    async restart() {
      running = await start(directory, port);
    },
    async close() {
      await running.kill();
      await rm(directory, { recursive: true });
    },
  };
}

async function start(directory: string, on: number): Promise<{ readonly port: number; kill(): Promise<void> }> {
  const argv = ['--import', 'tsx', PROGRAM, directory, String(on), S3_BUCKET];
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(() => [''])]);
  if (!/^\d+$/.test(String(line))) throw new Error('The S3 server did not start.');
  return {
    port: Number(line),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
