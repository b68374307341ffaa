import { KnownError } from '@kiln/domain';
import { Backoff } from './backoff.ts';
import { type Link, Refused, type RemoteCommand } from './ssh.ts';

/** An SSH connection that nobody has used for this long is closed. */
const IDLE = 10 * 60_000;

export type LaneState = 'up' | 'down' | 'connecting';

/** One connection that is opened when it is needed, and again after a break; sessions on it are bounded. */
export class Lane {
  private link: Promise<Link> | null = null;
  private open: Link | null = null;
  private readonly backoff = new Backoff();
  private lastTrouble: KnownError | null = null;
  private readonly waiting = new Set<() => void>();
  private idle: NodeJS.Timeout | null = null;
  /** Sessions at once; goes down when the server allows fewer, until the next connection. */
  capacity = 1;
  busy = 0;
  /** The least time in milliseconds that opening a session took, which is a round trip; null before the first. */
  roundTrip: number | null = null;
  since = new Date().toISOString();

  constructor(
    private readonly connect: () => Promise<Link>,
    private readonly sessions: () => number,
    /** The connection went. */
    private readonly lost: () => void,
    /** The server allows fewer sessions than were asked for. */
    private readonly narrowed: () => void,
  ) {}

  get state(): LaneState {
    return this.open ? 'up' : this.link ? 'connecting' : 'down';
  }

  get isFull(): boolean {
    return this.busy >= this.capacity;
  }

  /** A session may be taken for long: others are left. Before there is a connection nobody knows, and it may be tried. */
  get mayLend(): boolean {
    return !this.open || this.capacity > 1;
  }

  /**
   * Runs a command in a session of its own, as soon as one is free. @throws KnownError if there is no connection, or the
   * signal's reason if it aborts before the command runs
   */
  async exec(line: string, signal?: AbortSignal): Promise<RemoteCommand> {
    for (;;) {
      await this.takeSession(signal);
      try {
        const link = await this.connected();
        signal?.throwIfAborted();
        const began = Date.now();
        const command = await link.exec(line);
        this.roundTrip = Math.min(this.roundTrip ?? Number.POSITIVE_INFINITY, Date.now() - began);
        command.ended.finally(() => this.giveSession());
        return command;
      } catch (error) {
        this.giveSession();
        if (!(error instanceof Refused)) throw error;
        this.narrow(error);
      }
    }
  }

  /** The server refused a session: it allows only as many as are open now. */
  private narrow(error: Refused): void {
    if (this.busy === 0) {
      throw new KnownError('PLATFORM_UNAVAILABLE', `The server opens no session (${error.message}).`, { retryable: true, cause: error });
    }
    this.capacity = Math.min(this.capacity, this.busy);
    this.narrowed();
  }

  private async takeSession(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!this.link) this.capacity = this.sessions();
    while (this.isFull) await this.nextFree(signal);
    this.busy += 1;
    if (this.idle) clearTimeout(this.idle);
    this.idle = null;
  }

  private nextFree(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settled = () => {
        this.waiting.delete(free);
        signal?.removeEventListener('abort', aborted);
      };
      const free = () => {
        settled();
        resolve();
      };
      const aborted = () => {
        settled();
        reject(signal?.reason);
      };
      this.waiting.add(free);
      signal?.addEventListener('abort', aborted);
    });
  }

  private giveSession(): void {
    this.busy -= 1;
    const [next] = this.waiting;
    next?.();
    if (this.busy > 0) return;
    this.idle = setTimeout(() => this.close(), IDLE);
    this.idle.unref();
  }

  private connected(): Promise<Link> {
    if (this.link) return this.link;
    const opening = this.openLink();
    this.link = opening;
    opening.catch(() => {
      if (this.link === opening) this.link = null;
    });
    return opening;
  }

  private async openLink(): Promise<Link> {
    if (this.backoff.left > 0 && this.lastTrouble) throw this.lastTrouble;
    const link = await this.connect().catch((error) => {
      this.backoff.failed();
      this.lastTrouble = error;
      throw error;
    });
    this.backoff.reset();
    this.open = link;
    this.since = new Date().toISOString();
    link.gone.then(() => this.forget(link));
    return link;
  }

  private forget(link: Link): void {
    if (this.open !== link) return;
    this.open = null;
    this.link = null;
    this.since = new Date().toISOString();
    this.lost();
  }

  /** Somebody believes that it works again: the next command tries at once. */
  retry(): void {
    this.backoff.reset();
  }

  close(): void {
    if (this.idle) clearTimeout(this.idle);
    this.link?.then((link) => link.close()).catch(() => undefined); // it never opened
  }
}
