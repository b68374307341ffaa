export const EVENT_KINDS = ['job', 'task', 'node', 'note', 'connector', 'platform'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * A row of the append-only history. `seq` is counted from 1 over the whole installation, without gaps, in the order of commit; old events
 * of ended jobs may be removed later.
 * For `job`, `from` and `to` are stages or statuses; for `task`, `node` and `platform` their states.
 */
export interface Event {
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly jobId: number | null;
  readonly kind: EventKind;
  /** Number of the task, name of the node, connector or platform; `stage` or `status` for a job. */
  readonly subject: string;
  readonly from: string | null;
  readonly to: string | null;
  /** One sentence: why. */
  readonly message: string | null;
}
