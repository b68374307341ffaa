import type { Database } from '@kiln/db/connect';
import { eventsAfter, lastSeq, type OwnedEvent } from '@kiln/db/events';
import { listen } from '@kiln/db/listen';
import type { Logger } from 'pino';
import type { Share } from './loaders.ts';
import { sharedAnswers } from './shared-answers.ts';

export type Topic =
  | `job ${number}`
  | `owner ${string}`
  | `sweep ${number}`
  | `sweeps of ${string}`
  | `log ${number}/${number}/${string}`
  | 'connectors'
  | 'platforms';

/** Is told of an event, or only that something happened. It must not wait for anything. */
export type Listener = (event: OwnedEvent | null) => void;

/** Reads each new event once for the whole process and tells those whom it concerns. */
export interface Hub {
  /** Everything up to this event has been told; what comes after it will be, once. */
  readonly seq: number;
  on(topic: Topic, listener: Listener): () => void;
  /** Gives several who ask the same after the same event one answer. */
  readonly share: Share;
  close(): Promise<void>;
}

const PAGE = 1000;
const RESYNC = 5000;

export async function createHub(db: Database, log: Logger): Promise<Hub> {
  const listeners = new Map<Topic, Set<Listener>>();
  const shared = sharedAnswers();
  let pumping: Promise<void> | null = null;
  let again = false;
  let closed = false;
  let seq = await lastSeq(db);
  const listening = await listen(db, ['kiln_events', 'kiln_logs', 'kiln_platforms'], heard, pump);
  const timer = setInterval(pump, RESYNC);

  /** Notifications are hints: what happened is read from the database, also when none came. */
  function heard(channel: string, payload: string): void {
    if (channel === 'kiln_events') pump();
    else tell(channel === 'kiln_logs' ? logTopic(payload) : 'platforms', null);
  }

  function pump(): void {
    again = true;
    if (closed) return;
    pumping ??= readAll()
      .catch((error: unknown) => log.warn({ error }, 'Events could not be read; trying again soon.'))
      .finally(() => {
        pumping = null;
      });
  }

  async function readAll(): Promise<void> {
    while (again && !closed) {
      again = false;
      const page = await eventsAfter(db, seq, PAGE);
      if (page.length === PAGE) again = true;
      deliver(page);
    }
  }

  /** Nothing may wait between telling and moving on: a subscriber that comes in sees either both or neither. */
  function deliver(page: readonly OwnedEvent[]): void {
    const last = page.at(-1);
    if (!last) return;
    seq = last.seq;
    shared.forget();
    for (const event of page) {
      for (const topic of topicsOf(event)) tell(topic, event);
    }
  }

  function tell(topic: Topic, event: OwnedEvent | null): void {
    for (const listener of listeners.get(topic) ?? []) listener(event);
  }

  return {
    get seq() {
      return seq;
    },
    on(topic, listener) {
      const all = listeners.get(topic) ?? new Set();
      listeners.set(topic, all.add(listener));
      return () => {
        all.delete(listener);
        if (all.size === 0 && listeners.get(topic) === all) listeners.delete(topic);
      };
    },
    share: shared.share,
    async close() {
      closed = true;
      clearInterval(timer);
      await listening.close();
      await pumping;
    },
  };
}

/** A sweep of thousands is no news for those who follow single jobs. */
function topicsOf({ kind, jobId, ownerId, sweepId }: OwnedEvent): Topic[] {
  const topics: Topic[] = jobId === null ? [] : [`job ${jobId}`];
  if (ownerId !== null)
    topics.push(...(sweepId === null ? [`owner ${ownerId}` as const] : [`sweep ${sweepId}` as const, `sweeps of ${ownerId}` as const]));
  if (kind === 'connector') topics.push('connectors');
  if (kind === 'platform') topics.push('platforms');
  return topics;
}

function logTopic(payload: string): Topic {
  const { job, task, stream } = JSON.parse(payload) as { job: number; task: number; stream: string }; // sent by `notifyLog` alone
  return `log ${job}/${task}/${stream}`;
}
