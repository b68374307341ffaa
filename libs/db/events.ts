import type { Event, EventKind } from '@kiln/domain';
import { and, asc, desc, eq, gt, inArray, lt, lte } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { jobs } from './schema.ts';
import { eventCounter, events } from './schema-runs.ts';

/** An event and whose job it tells of; null for what concerns everybody. */
export interface OwnedEvent extends Event {
  readonly ownerId: string | null;
  /** The sweep that this job is a child of. */
  readonly sweepId: number | null;
}

/** The sequence number of the newest event of the installation; 0 if there is none. */
export async function lastSeq(db: Database): Promise<number> {
  const [row] = await db.orm.select({ last: eventCounter.last }).from(eventCounter);
  return row?.last ?? 0;
}

/** Events of everybody after `after`, oldest first. */
export async function eventsAfter(db: Database, after: number, limit: number): Promise<OwnedEvent[]> {
  const rows = await db.orm
    .select({ event: events, ownerId: jobs.ownerId, sweepId: jobs.sweepId })
    .from(events)
    .leftJoin(jobs, eq(jobs.id, events.jobId))
    .where(gt(events.seq, after))
    .orderBy(asc(events.seq))
    .limit(limit);
  return rows.map(({ event, ownerId, sweepId }) => ({ ...event, ownerId, sweepId }));
}

/** Events of a job after `after` and up to `upTo`, oldest first. */
export function jobEventsBetween(db: Database, jobId: number, after: number, upTo: number, limit: number): Promise<Event[]> {
  return db.orm
    .select()
    .from(events)
    .where(and(eq(events.jobId, jobId), gt(events.seq, after), lte(events.seq, upTo)))
    .orderBy(asc(events.seq))
    .limit(limit);
}

/** Names of the connectors that events after `after` and up to `upTo` tell of, in the order of the events. */
export async function connectorsNamedBetween(db: Database, after: number, upTo: number): Promise<string[]> {
  const rows = await db.orm
    .select({ name: events.subject })
    .from(events)
    .where(and(eq(events.kind, 'connector'), gt(events.seq, after), lte(events.seq, upTo)))
    .orderBy(asc(events.seq));
  return rows.map((row) => row.name);
}

export interface EventPage {
  readonly kinds?: readonly EventKind[];
  readonly newestFirst: boolean;
  readonly limit: number;
  /** The `seq` of the event that the page before ended with. */
  readonly after?: number;
}

export function listJobEvents(db: Database, jobId: number, page: EventPage): Promise<Event[]> {
  const beyond = page.after === undefined ? undefined : page.newestFirst ? lt(events.seq, page.after) : gt(events.seq, page.after);
  return db.orm
    .select()
    .from(events)
    .where(and(eq(events.jobId, jobId), beyond, page.kinds ? inArray(events.kind, [...page.kinds]) : undefined))
    .orderBy(page.newestFirst ? desc(events.seq) : asc(events.seq))
    .limit(page.limit);
}
