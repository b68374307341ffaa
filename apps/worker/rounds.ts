import type { Logger } from 'pino';

/** Work that is done again and again in the background, one round at a time. */
export interface Rounds {
  /** Begins a round if one is due; to be called now and then. */
  tick(): void;
  /** Resolves when the round that is under way has seen the abort of its signal. */
  close(): Promise<void>;
}

export interface RoundsOptions {
  readonly round: (signal: AbortSignal) => Promise<void>;
  /** Milliseconds between the beginnings of two rounds, and before the first. */
  readonly period: number;
  readonly first: number;
  readonly log: Logger;
  /** What is told if a round fails. */
  readonly failed: string;
}

export function createRounds({ round, period, first, log, failed }: RoundsOptions): Rounds {
  const closing = new AbortController();
  let due = Date.now() + first;
  let running: Promise<void> | null = null;
  return {
    tick() {
      if (running || closing.signal.aborted || Date.now() < due) return;
      due = Date.now() + period;
      running = round(closing.signal)
        .catch((error: unknown) => {
          if (!closing.signal.aborted) log.warn({ err: error }, failed);
        })
        .finally(() => {
          running = null;
        });
    },
    async close() {
      closing.abort();
      await running;
    },
  };
}
