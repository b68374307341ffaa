import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inBytes } from '../screen/ago.ts';
import { field } from '../start/field.ts';
import { type Check, failed, ok, warning } from './check.ts';
import { databaseFolder } from './installation.ts';
import { publicKeyOf } from './sealing.ts';

/** Free bytes below which a disk is worth a word, and below which nothing goes on. */
const LITTLE_SPACE = 5_000_000_000;
const NO_SPACE = 200_000_000;

/** As package.json asks (`engines`). */
const OLDEST_NODE = [20, 19] as const;

export function checkNode(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldest, oldestMinor] = OLDEST_NODE;
  if (major > oldest || (major === oldest && minor >= oldestMinor)) return ok('Node', `Node ${version}.`);
  return failed('Node', `Node ${version} is too old.`, `Install Node ${OLDEST_NODE.join('.')} or later.`);
}

export async function checkHome(home: string): Promise<Check> {
  const found = await stat(home).catch((error: unknown) => {
    if (field(error, 'code') === 'ENOENT') return undefined;
    throw error;
  });
  if (!found) return failed('Home', `There is no ${home}.`, 'Name the home with --home or KILN_HOME, or make it with `kiln up`.');
  if (!found.isDirectory()) return failed('Home', `${home} is not a directory.`, 'Name a directory with --home or KILN_HOME.');
  try {
    await access(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return failed('Home', `${home} cannot be written.`, 'Run Kiln as its owner, or give yourself the right to write there.');
  }
  if ((found.mode & 0o077) !== 0) return warning('Home', `Others may look into ${home}.`, `Run \`chmod 700 ${home}\`.`);
  return ok('Home', `${home} can be written, by nobody else.`);
}

/** `published` is what the database holds of the key; undefined if it could not be asked, or no worker ever ran. */
export async function checkSealingKey(home: string, published: string | undefined): Promise<Check> {
  const name = 'Sealing key';
  const path = join(home, 'sealing-key.json');
  const own = await publicKeyOf(home);
  const again = 'Put it back from a backup; else the keys of all platforms must be registered anew.';
  if (own === null && published !== undefined)
    return failed(name, `${path} is not there, and it opens the credentials of platforms.`, again);
  if (own === null) return ok(name, 'There is none yet: the first worker makes it.');
  if (own === undefined) return failed(name, `${path} cannot be read.`, again);
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) return failed(name, `Others may read ${path}.`, `Run \`chmod 600 ${path}\`.`);
  if (published !== undefined && published !== own)
    return failed(name, `${path} is not the key of this database.`, 'Use the home that the workers of this database had, or its backup.');
  return ok(name, 'Only you can read it.');
}

/** Free space wherever Kiln writes; places on one file system are told together. `external`: the database is elsewhere. */
export async function checkDisks(home: string, external: boolean): Promise<readonly Check[]> {
  const places = [
    { what: 'home', path: home },
    { what: 'outputs', path: join(home, 'outputs') },
    { what: 'scratch', path: join(home, 'scratch') },
    ...(external ? [] : [{ what: 'database', path: databaseFolder(home) }]),
  ];
  const disks = new Map<number, { names: string[]; free: number }>();
  for (const { what, path } of places) {
    const there = await nearest(path);
    const { dev } = await stat(there);
    const disk = disks.get(dev);
    if (disk) disk.names.push(what);
    else {
      const { bavail, bsize } = await statfs(there);
      disks.set(dev, { names: [what], free: bavail * bsize });
    }
  }
  return [...disks.values()].map(({ names, free }) => checkSpace(names.join(', '), free));
}

export function checkSpace(places: string, free: number): Check {
  const message = `${inBytes(free)} are free for ${places}.`;
  const advice = 'Remove what nobody needs (results of old jobs in outputs/, orphans), or move the home to a larger disk.';
  if (free < NO_SPACE) return failed('Disk', message, advice);
  return free < LITTLE_SPACE ? warning('Disk', message, advice) : ok('Disk', message);
}

/** The path, or what there is of it. */
async function nearest(path: string): Promise<string> {
  const there = await stat(path).then(
    () => true,
    () => false,
  );
  return there || path === dirname(path) ? path : nearest(dirname(path));
}
