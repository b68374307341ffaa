import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type JobRef, jobDirectory, type Machine } from '@kiln/domain';
import type { Machines } from '../machines.ts';
import { isNodeError, toKnownError } from '../trouble.ts';
import { freeNumbers, nameOf } from './numbers.ts';

/**
 * A cloud without a cloud: each machine is a working root of its own on this machine. It is tagged with its job by a
 * file, found by listing, and gone when its directory is.
 */
export function localCloud(directory: string, slots: number): Machines {
  const machine = (name: string): Machine => ({ name, address: 'this machine', root: join(directory, name), slots });

  async function list(job: JobRef): Promise<Machine[]> {
    const names = await readdir(directory).catch((error) => absent(error, []));
    const tags = await Promise.all(names.map((name) => readFile(join(directory, name, 'job'), 'utf8').catch((error) => absent(error, ''))));
    return names
      .filter((name, i) => !name.startsWith('.') && tags[i] === jobDirectory(job))
      .sort(byNumber)
      .map(machine);
  }

  async function remove(job: JobRef, which: (machine: Machine) => boolean): Promise<void> {
    for (const { root } of (await list(job)).filter(which)) await hide(root);
    for (const path of await hiddenOf(directory, job)) await rm(path, { recursive: true, force: true });
  }

  return {
    list,
    async create(job, count, _ours, past) {
      const there = async () => (await list(job)).filter(({ name }) => !past.includes(name));
      for (const number of freeNumbers(job, count, await there(), past)) await make(join(directory, nameOf(job, number)), job);
      return { machines: await there(), coming: 0, late: 0, delayed: 0, reasons: [] };
    },
    giveBack: (job, names) => remove(job, ({ name }) => names.includes(name)),
    async destroy(job) {
      await remove(job, () => true);
      const left = [...(await list(job)), ...(await hiddenOf(directory, job))];
      if (left.length > 0) throw toKnownError(new Error('directories are still there'), `Machines of ${jobDirectory(job)} are not gone`);
    },
  };
}

/** Made under a hidden name and renamed, so that no machine is ever without its tag. */
async function make(root: string, job: JobRef): Promise<void> {
  const hidden = join(dirname(root), `.${basename(root)}`);
  try {
    await mkdir(hidden, { recursive: true });
    await writeFile(join(hidden, 'job'), jobDirectory(job));
    await rename(hidden, root);
  } catch (error) {
    if (isNodeError(error, 'ENOENT') && (await isMade(root))) return; // by another one at the same time
    if (!isNodeError(error, 'ENOTEMPTY', 'EEXIST')) throw toKnownError(error, 'A machine could not be made');
    await rm(hidden, { recursive: true, force: true }); // The machine is there already.
  }
}

function isMade(root: string): Promise<boolean> {
  return stat(join(root, 'job')).then(
    () => true,
    (error) => absent(error, false),
  );
}

/** Out of the listing whole, with its tag: a removal that is cut short is found again. */
async function hide(root: string): Promise<void> {
  const gone = join(dirname(root), `.${basename(root)}.gone`);
  await rm(gone, { recursive: true, force: true });
  await rename(root, gone).catch((error) => {
    if (!isNodeError(error, 'ENOENT')) throw toKnownError(error, 'A machine could not be given back');
  });
}

/** What is being made or removed of a job's machines, or was when that was cut short. */
async function hiddenOf(directory: string, job: JobRef): Promise<string[]> {
  const names = await readdir(directory).catch((error) => absent(error, []));
  const prefix = `.${jobDirectory(job)}-`;
  return names
    .filter((name) => name.startsWith(prefix) && /^\d+(\.gone)?$/.test(name.slice(prefix.length)))
    .map((name) => join(directory, name));
}

function absent<T>(error: unknown, value: T): T {
  if (isNodeError(error, 'ENOENT', 'ENOTDIR')) return value;
  throw toKnownError(error, 'The machines could not be listed');
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
