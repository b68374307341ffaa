import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNodeError, toKnownError } from '../trouble.ts';

/** A machine of the cloud on this machine. */
export interface LocalMachine {
  readonly name: string;
  /** Name of its job's directory. */
  readonly job: string;
  /** ISO 8601. */
  readonly madeAt: string;
}

/** All machines in a directory, whatever job they were made for. */
export async function machinesIn(directory: string): Promise<readonly LocalMachine[]> {
  const names = await readdir(directory).catch((error) => absent(error, []));
  const found = await Promise.all(names.filter((name) => !name.startsWith('.')).map((name) => look(directory, name)));
  return found.filter((machine) => machine !== null);
}

/** Gives one back, whatever lies on it. */
export async function removeMachine(directory: string, name: string): Promise<void> {
  await rm(join(directory, name), { recursive: true, force: true }).catch((error) => {
    throw toKnownError(error, `The machine ${name} could not be removed`);
  });
}

async function look(directory: string, name: string): Promise<LocalMachine | null> {
  const tag = join(directory, name, 'job');
  try {
    const [job, { mtime }] = await Promise.all([readFile(tag, 'utf8'), stat(tag)]);
    return { name, job, madeAt: mtime.toISOString() };
  } catch (error) {
    return absent(error, null);
  }
}

function absent<T>(error: unknown, value: T): T {
  if (isNodeError(error, 'ENOENT', 'ENOTDIR')) return value;
  throw toKnownError(error, 'The machines could not be listed');
}
