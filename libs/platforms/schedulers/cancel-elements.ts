import { setTimeout as sleep } from 'node:timers/promises';
import { KnownError } from '@kiln/domain';
import type { JobOnNode } from '../job-on-node.ts';
import type { Cluster } from './cluster.ts';
import type { QueueEntry } from './scheduler.ts';
import { namePrefix } from './submission.ts';

/** How often a look is taken whether cancelled elements are gone, and how long; milliseconds. */
const PERIOD = 1000;
const LIMIT = 45_000;
/** Looks in a row that must show nothing while the answer to a submission is not known: it may come into the queue yet. */
const LOOKS = 4;

/** Cancels all that a job has in the queue; resolves when looks at the queue show none of it. */
export async function cancelElements(cluster: Cluster, there: JobOnNode, platform: string): Promise<void> {
  const what = 'Elements could not be cancelled';
  const prefix = namePrefix(there.directory);
  let clean = 0;
  for (const until = Date.now() + LIMIT; ; await sleep(PERIOD)) {
    const lines = (await there.arrayIfPrepared(['submissions', ''], what))?.split('\n').filter(Boolean) ?? [];
    const answers = lines.map((line) => line.split(' ').slice(3).join(' '));
    const ids = new Set(answers.map((answer) => cluster.scheduler.submitted(answer)));
    const { entries } = await cluster.queue({ fresh: true });
    const alive = entries.filter(({ job, name, state }) => state !== 'ended' && (ids.has(job) || name?.startsWith(prefix)));
    clean = alive.length === 0 && !answers.includes('busy') ? clean + 1 : 0;
    if (clean >= (answers.includes('-') ? LOOKS : 1)) break;
    if (Date.now() > until) throw stillAlive(platform, alive);
    await cluster.cancel([...new Set(alive.map(({ job }) => job))]);
  }
  await there.arrayIfPrepared(['abandon', ''], what);
}

function stillAlive(platform: string, alive: readonly QueueEntry[]): KnownError {
  const list = alive.slice(0, 5).map(({ job, word }) => `${job} (${word})`);
  const message = `On ${platform} these are still in the queue after they were cancelled: ${list.join(', ')}. Kiln goes on looking.`;
  return new KnownError('PLATFORM_UNAVAILABLE', message, { retryable: true });
}
