import type { JobEvent } from '../../lib/documents.ts';
import { applyEvents, type Grid, stateAt, toGrid } from './grid.ts';

const MOST_KEPT = 20_000;

/** A grid, and the newest event that is surely in it. */
export interface GridReading {
  readonly taskGrid: Parameters<typeof toGrid>[0];
  readonly lastSeq: number;
}

/**
 * What happened to a job since its page was opened. Events come in bursts of thousands: they are collected and taken over
 * once a frame, and whoever shows them is told once for all of them.
 */
export class JobFeed {
  grid: Grid;
  /** Since the page was opened, oldest first. */
  events: JobEvent[] = [];
  /** So many came that the oldest were let go. */
  truncated = false;
  /** Grows with every change. */
  version = 0;
  /** Places of the grid that changed last; null: all of it. */
  changed: ReadonlySet<number> | null = null;

  readonly #listeners = new Set<() => void>();
  #queue: JobEvent[] = [];
  #frame: { frame: number; timer: ReturnType<typeof setTimeout> } | null = null;
  /** While a new grid is on its way, what may be newer than it. */
  #since: JobEvent[] | null = null;

  /** Events up to here are in the grid already. */
  #gridSeq: number;

  constructor({ taskGrid, lastSeq }: GridReading) {
    this.grid = toGrid(taskGrid);
    this.#gridSeq = lastSeq;
  }

  push(events: readonly JobEvent[]): void {
    for (const event of events) this.#queue.push(event);
    this.#schedule();
  }

  stateOf(task: number) {
    return stateAt(this.grid, task);
  }

  /** Reads the grid again, and keeps what happens meanwhile. */
  async replaceGrid(read: () => Promise<GridReading | null>): Promise<void> {
    const since: JobEvent[] = [];
    this.#since = since;
    const reading = await read();
    // A later call has taken over, or the job is gone.
    if (this.#since !== since || !reading) return;
    this.#since = null;
    this.grid = toGrid(reading.taskGrid);
    this.#gridSeq = reading.lastSeq;
    applyEvents(this.grid, this.#newer(since));
    this.changed = null;
    this.#tell();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getVersion = (): number => this.version;

  /** A hidden page gets no frames; the timer keeps it going. */
  #schedule(): void {
    if (this.#frame) return;
    this.#frame = { frame: requestAnimationFrame(() => this.#flush()), timer: setTimeout(() => this.#flush(), 1000) };
  }

  #flush(): void {
    if (this.#frame) {
      cancelAnimationFrame(this.#frame.frame);
      clearTimeout(this.#frame.timer);
    }
    this.#frame = null;
    const taken = this.#queue;
    this.#queue = [];
    for (const event of taken) {
      this.events.push(event);
      this.#since?.push(event);
    }
    if (this.events.length > MOST_KEPT) {
      this.events = this.events.slice(-MOST_KEPT / 2);
      this.truncated = true;
    }
    this.changed = applyEvents(this.grid, this.#newer(taken));
    this.#tell();
  }

  #newer(events: readonly JobEvent[]): readonly JobEvent[] {
    return events.filter(({ seq }) => seq > this.#gridSeq);
  }

  #tell(): void {
    this.version += 1;
    for (const listener of this.#listeners) listener();
  }
}
