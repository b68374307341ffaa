import { setTimeout as sleep } from 'node:timers/promises';
import { KnownError } from '@kiln/domain';
import type { JobOnNode } from '../job-on-node.ts';
import type { Cluster } from './cluster.ts';

/** How often a look is taken whether cancelled elements are gone, and how long; milliseconds. */
const PERIOD = 1000;
const LIMIT = 45_000;

/** Cancels all that a job has in the queue; resolves when a look at the queue shows none of it. */
export async function cancelElements(cluster: Cluster, there: JobOnNode, platform: string): Promise<void> {
  const what = 'Elements could not be cancelled';
  for (const until = Date.now() + LIMIT; ; await sleep(PERIOD)) {
    const submissions = (await there.array(['submissions', ''], what)).split('\n').filter(Boolean);
    if (submissions.length === 0) return;
    const { entries } = await cluster.queue({ fresh: true });
    const alive = entries.filter(({ job, name, state }) => state !== 'ended' && submissions.some((line) => isOf(cluster, line, job, name)));
    if (alive.length === 0) return;
    if (Date.now() > until) throw stillAlive(platform, alive);
    await cluster.cancel([...new Set(alive.map(({ job }) => job))]);
  }
}

/** A line of `submissions`: batch, number, name, and what the scheduler answered. */
function isOf(cluster: Cluster, line: string, job: string, name: string | null): boolean {
  const [, , itsName, ...answer] = line.split(' ');
  return (name !== null && name === itsName) || cluster.scheduler.submitted(answer.join(' ')) === job;
}

function stillAlive(platform: string, alive: readonly { job: string; word: string }[]): KnownError {
  const list = alive.slice(0, 5).map(({ job, word }) => `${job} (${word})`);
  const message = `On ${platform} these are still in the queue after they were cancelled: ${list.join(', ')}. Kiln goes on looking.`;
  return new KnownError('PLATFORM_UNAVAILABLE', message, { retryable: true });
}
