import { type Job, type JobState, KnownError, logPath, type Node, outputPath, type Task, type World } from '@kiln/domain';
import { blaming, storageTrouble } from './blame.ts';

/**
 * Brings what tasks left, or only their logs, from their node to the job's output directory. Whoever is late changes nothing there: the
 * node may have been cleaned since, and then what it has left would take the place of what is home. If it is `unasked`, nobody asks for
 * room before.
 */
export async function bringHome(
  { job }: JobState,
  world: World,
  node: Node,
  tasks: readonly Task[],
  logsOnly: boolean,
  unasked = false,
): Promise<void> {
  if (tasks.length === 0) return;
  // What an earlier attempt left at home is not mixed with what this one leaves.
  const anew = logsOnly ? [] : tasks.filter(({ attempt }) => attempt > 1).map(outputPath);
  if (anew.length === 0 && (await adopted(job, world, node, tasks, logsOnly))) return;
  const over = anew.length === 0 && !logsOnly ? tasks.map(outputPath) : [];
  if (world.storage.needRoom && !unasked) await needRoom(world, await world.site.size(job, node, tasks, logsOnly), over);
  const outlet = world.site.outlet?.(job, node, tasks, logsOnly);
  if (await world.direct({ direction: 'home', from: 'node', to: 'home', outlet, inlet: world.storage.inlet?.('', anew) })) return;
  const left = blaming(confirmed(world.metered('home', world.site.collect(job, node, tasks, logsOnly)), world));
  await left.node(() => world.storage.unpack('', left.stream, anew));
}

/**
 * Before so many bytes are brought home. They may come over what a transfer that was cut has left in the directories `over`.
 * @throws KnownError DISK_FULL (retryable)
 */
export async function needRoom({ storage }: World, bytes: number, over: readonly string[] = []): Promise<void> {
  try {
    await storage.needRoom?.(bytes).catch(async (error) => {
      const there = error instanceof KnownError && error.code === 'DISK_FULL' && over.length > 0 ? await storage.size(over) : 0;
      if (there === 0) throw error;
      await storage.needRoom?.(Math.max(0, bytes - there));
    });
  } catch (error) {
    throw storageTrouble(error);
  }
}

/** Milliseconds in which nobody else goes on with a job: less than the silence after which a worker is given up. */
const SURE = 1000;

/**
 * Nothing more comes once somebody else has gone on with the job: that is asked before the first piece, before each that comes long after
 * the last answer, as when this worker stood still meanwhile, and before the last. @throws KnownError CONFLICT
 */
export async function* confirmed(
  stream: AsyncIterable<Uint8Array>,
  { confirm, now }: Pick<World, 'confirm' | 'now'>,
): AsyncIterable<Uint8Array> {
  let last: Uint8Array | null = null;
  let asked = Number.NEGATIVE_INFINITY;
  for await (const piece of stream) {
    if (last) {
      if (Math.abs(now() - asked) > SURE) {
        await confirm();
        asked = now();
      }
      yield last;
    }
    last = piece;
  }
  await confirm();
  if (last) yield last;
}

/** Brings results home without copying them, if node and storage are one machine and one file system. */
async function adopted(
  job: Job,
  { site, storage, confirm }: World,
  node: Node,
  tasks: readonly Task[],
  logsOnly: boolean,
): Promise<boolean> {
  if (!storage.adopt || storage.machine === undefined) return false;
  const directory = await site.directory?.(job, node, storage.machine);
  if (!directory) return false;
  const logs = tasks.flatMap(({ number, attempt }) => [logPath(number, attempt, 'stdout'), logPath(number, attempt, 'stderr')]);
  await confirm();
  return storage.adopt(directory, logsOnly ? [] : tasks.map(outputPath), logs).catch((error) => {
    throw storageTrouble(error);
  });
}
