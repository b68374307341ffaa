import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Connection, type Credential, DEFAULT_LIMITS, type Limits } from '@kiln/domain';
import type { BedEnv } from '@kiln/testing/bed';
import { connectThrough } from '../shells/connect.ts';
import type { Target } from '../shells/pool.ts';

/** No courtesy: tests are in a hurry. */
export const HURRY: Limits = { ...DEFAULT_LIMITS, commandsPerSecond: 10_000, submissionsPerMinute: 60_000 };

/** A login on a bed, whose host key is taken as it is. */
export async function targetOf(env: BedEnv, limits: Limits = HURRY): Promise<Target> {
  const connection = { host: env['SSH_HOST'] ?? '', port: Number(env['SSH_PORT']), user: env['SSH_USER'] ?? '', jumps: [] };
  const privateKey = await readFile(env['SSH_KEY'] ?? '', 'utf8');
  return target(connection, { privateKey, passphrase: null }, limits);
}

export async function target(connection: Connection, credential: Credential, limits: Limits = HURRY): Promise<Target> {
  const { link, hostKeys } = await connectThrough(connection, credential, []);
  link.close();
  return { name: 'test', connection, limits, access: async () => ({ credential, hostKeys }) };
}

/** Runs a line of shell on this machine. */
export async function sh(line: string): Promise<string> {
  return (await promisify(execFile)('sh', ['-c', line], { maxBuffer: 1e9 })).stdout;
}
