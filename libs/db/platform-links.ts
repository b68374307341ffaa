import { sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { type WorkerConnection, workers } from './schema-workers.ts';

export type PlatformLink = Pick<WorkerConnection, 'connections' | 'sessions' | 'sessionLimit' | 'state'>;

/** What all living workers together have open to each login, by `user@host:port`. */
export async function linksByAddress(db: Database): Promise<ReadonlyMap<string, PlatformLink>> {
  const rows = await db.orm
    .select({ connections: workers.connections })
    .from(workers)
    .where(sql`${workers.beatAt} > now() - interval '15 seconds'`);
  const links = new Map<string, PlatformLink>();
  for (const one of rows.flatMap((row) => row.connections)) links.set(one.address, sum(links.get(one.address), one));
  return links;
}

const WORST_FIRST = ['down', 'connecting', 'up'] as const;

function sum(before: PlatformLink | undefined, { connections, sessions, sessionLimit, state }: PlatformLink): PlatformLink {
  if (!before) return { connections, sessions, sessionLimit, state };
  return {
    connections: before.connections + connections,
    sessions: before.sessions + sessions,
    sessionLimit: before.sessionLimit + sessionLimit,
    state: WORST_FIRST.find((one) => one === before.state || one === state) ?? state,
  };
}
