import type { EventKind } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import type { Transaction } from './transaction.ts';

export interface NewEvent {
  readonly kind: EventKind;
  readonly subject: string;
  readonly from?: string | null;
  readonly to?: string | null;
  readonly message?: string | null;
}

/** An event of one of several jobs; null for what concerns everybody. */
export interface JobEvent extends NewEvent {
  readonly jobId: number | null;
}

/** Appends events of one job, or of none; see `appendJobEvents`. */
export function appendEvents(tx: Transaction, jobId: number | null, events: readonly NewEvent[]): Promise<void> {
  return appendJobEvents(
    tx,
    events.map((event) => ({ ...event, jobId })),
  );
}

/**
 * Appends events in their order and tells listeners at commit. The counter's row is locked until then, so sequence
 * numbers have no gaps and are seen in their order: call this last in a transaction, and after its changes to the jobs.
 */
export async function appendJobEvents(tx: Transaction, events: readonly JobEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.execute(sql`
    with counter as (
      update event_counter set last = last + ${events.length} returning last
    ), numbered as (
      select counter.last - ${events.length} + e.n as seq, e.*
      from counter, rows from (
        json_to_recordset(${JSON.stringify(events)}::json)
          as ("jobId" int, kind text, subject text, "from" text, "to" text, message text)
      ) with ordinality as e("jobId", kind, subject, "from", "to", message, n)
    ), appended as (
      insert into events (seq, job_id, kind, subject, from_state, to_state, message)
      select seq, "jobId", kind, subject, "from", "to", message from numbered
    ), newest as (
      update jobs set last_seq = own.seq from (select "jobId", max(seq) as seq from numbered group by 1) as own where id = own."jobId"
    )
    select pg_notify('kiln_events', json_build_object('seq', counter.last)::text) from counter`);
}
