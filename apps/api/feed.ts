import type { OwnedEvent } from '@kiln/db/events';
import { Bell } from './bell.ts';

/** Events that one subscriber has not taken yet. It holds a bounded number: beyond that the subscriber reads the database instead. */
export class Feed {
  readonly bell = new Bell();
  #events: OwnedEvent[] = [];
  #overflowed = false;

  constructor(private readonly bound = 5000) {}

  tell(event: OwnedEvent): void {
    if (this.#overflowed) return;
    if (this.#events.length < this.bound) this.#events.push(event);
    else {
      this.#overflowed = true;
      this.#events = [];
    }
    this.bell.ring();
  }

  /** Forgets what it holds; from now on it holds what comes. */
  restart(): void {
    this.#events = [];
    this.#overflowed = false;
  }

  /** At most `most` events as soon as there are any; `overflowed` if some were lost, and none at the end. */
  async take(most: number): Promise<readonly OwnedEvent[] | 'overflowed'> {
    while (this.#events.length === 0 && !this.#overflowed && !this.bell.closed) await this.bell.wait();
    return this.#overflowed ? 'overflowed' : this.#events.splice(0, most);
  }
}
