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

/**
 * Appends events in their order and tells listeners at commit. The counter's row is locked until then, so sequence
 * numbers have no gaps and are seen in their order: call this last in a transaction.
 */
export async function appendEvents(tx: Transaction, jobId: number | null, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.execute(sql`
    with counter as (
      update event_counter set last = last + ${events.length} returning last
    ), appended as (
      insert into events (seq, job_id, kind, subject, from_state, to_state, message)
      select counter.last - ${events.length} + e.n, ${jobId}::int, e.kind, e.subject, e."from", e."to", e.message
      from counter, rows from (
        json_to_recordset(${JSON.stringify(events)}::json) as (kind text, subject text, "from" text, "to" text, message text)
      ) with ordinality as e(kind, subject, "from", "to", message, n)
    ), newest as (
      update jobs set last_seq = counter.last from counter where id = ${jobId}::int
    )
    select pg_notify('kiln_events', json_build_object('seq', counter.last)::text) from counter`);
}
