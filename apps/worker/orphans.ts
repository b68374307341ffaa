import { basename, dirname } from 'node:path';
import type { Database } from '@kiln/db/connect';
import { allPlatforms, endsOf, type JobEnd } from '@kiln/db/retention';
import { hasEnded, jobDirectory, KnownError, type Orphan, type OrphanRef, type OrphanReport, type Platform } from '@kiln/domain';
import { removeMachine } from '@kiln/platforms/clouds/local-machines';
import { jobDirectoriesOn, removeJobDirectory } from '@kiln/platforms/orphans';
import type { Root, Roots } from './roots.ts';

/** Milliseconds for the removal of one orphan. */
export const REMOVAL_LIMIT = 240_000;
/** Milliseconds for a look at one platform: it adds up the sizes of what lies there. */
const LOOK_LIMIT = 120_000;

/** What lies in a root and was made for a job; `job` is the name of that job's directory. */
type Left = Omit<Orphan, 'endedAt'> & { readonly job: string };

/** Directories and machines that belong to no live job, wherever this installation computes. */
export async function findOrphans(db: Database, places: Roots, signal?: AbortSignal): Promise<OrphanReport> {
  const seen = new Set<string>();
  const looks = await Promise.all(
    (await allPlatforms(db)).map(async (platform) => {
      try {
        return {
          left: await look(platform, places, seen, AbortSignal.any([AbortSignal.timeout(LOOK_LIMIT), ...(signal ? [signal] : [])])),
          trouble: null,
        };
      } catch (error) {
        return { left: [], trouble: { platform: platform.name, message: wordsOf(error) } };
      }
    }),
  );
  const left = looks.flatMap((found) => found.left);
  const jobs = await jobsOf(db, left);
  const orphans = left.flatMap(({ job: directory, ...found }): Orphan[] => {
    const job = jobs.get(directory);
    return job && !hasEnded(job.status) ? [] : [{ ...found, endedAt: job?.endedAt ?? null }];
  });
  return { orphans, troubles: looks.flatMap(({ trouble }) => trouble ?? []) };
}

/**
 * Ends what still runs there and removes it.
 * @throws KnownError CONFLICT if it belongs to no job that has ended, NOT_FOUND if it does not lie where jobs make their directories
 */
export async function removeOrphan(db: Database, places: Roots, orphan: OrphanRef, signal: AbortSignal): Promise<void> {
  const platform = (await allPlatforms(db)).find(({ name }) => name === orphan.platform);
  const roots = platform ? await places.roots(platform, signal) : [];
  const root = roots.find(({ path, machine }) =>
    orphan.kind === 'machine' ? machine?.name === orphan.name && dirname(path) === orphan.root : !machine && path === orphan.root,
  );
  if (!root) throw new KnownError('NOT_FOUND', `${orphan.name} is not there any more.`);
  const job = root.machine ? root.machine.job : orphan.name;
  await needEnded(db, job);
  await removeJobDirectory(root.shell, root.path, job);
  if (root.machine) await removeMachine(dirname(root.path), root.machine.name);
}

/** `seen` has the roots that another platform has, too. */
async function look(platform: Platform, places: Roots, seen: Set<string>, signal: AbortSignal): Promise<readonly Left[]> {
  const known = platform.provider === 'local' || (platform.connection && platform.facts);
  if (!known) return []; // It was never found ready: no job was ever there.
  const roots = (await places.roots(platform, signal)).filter(({ key }) => !seen.has(key) && seen.add(key));
  const found = await Promise.all(roots.map((root) => (root.machine ? onMachine(platform, root) : inRoot(platform, root))));
  return found.flat();
}

async function inRoot({ name: platform }: Platform, { shell, path }: Root): Promise<readonly Left[]> {
  return (await jobDirectoriesOn(shell, path)).flatMap((directory): Left[] => {
    const jobId = numberIn(directory.name);
    return jobId === null ? [] : [{ ...directory, platform, kind: 'directory', root: path, jobId, job: directory.name }];
  });
}

async function onMachine({ name: platform }: Platform, { shell, path, machine }: Root): Promise<readonly Left[]> {
  const jobId = machine && numberIn(machine.job);
  if (!machine || jobId === null) return [];
  const directory = (await jobDirectoriesOn(shell, path)).find(({ name }) => name === machine.job);
  const { modifiedAt = machine.madeAt, bytes = 0, processes = 0 } = directory ?? {};
  return [{ platform, kind: 'machine', root: dirname(path), name: basename(path), jobId, job: machine.job, modifiedAt, bytes, processes }];
}

/** By the names of their directories. */
async function jobsOf(db: Database, left: readonly Left[]): Promise<ReadonlyMap<string, JobEnd>> {
  const ends = await endsOf(db, [...new Set(left.map(({ jobId }) => jobId))]);
  return new Map(ends.map((end) => [jobDirectory(end), end]));
}

async function needEnded(db: Database, directory: string): Promise<void> {
  const id = numberIn(directory);
  const [job] = id === null ? [] : await endsOf(db, [id]);
  if (!job || jobDirectory(job) !== directory)
    throw new KnownError('CONFLICT', `${directory} belongs to no job of this installation: remove it yourself if nobody needs it.`);
  if (!hasEnded(job.status)) throw new KnownError('CONFLICT', `${directory} belongs to a job that has not ended.`);
}

/** The job's number in the name that `jobDirectory` gave. */
function numberIn(name: string): number | null {
  const number = Number(/[1-9]\d*$/.exec(name)?.[0] ?? Number.NaN);
  return number <= 2_147_483_647 ? number : null;
}

function wordsOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'It did not answer in time.';
  return error instanceof Error ? error.message : String(error);
}
