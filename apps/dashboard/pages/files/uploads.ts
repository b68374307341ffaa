import { sendFile } from './send-file.ts';

export interface UploadItem {
  readonly id: number;
  /** In the storage. */
  readonly path: string;
  readonly file: File;
  /** Bytes that are there. */
  readonly sent: number;
  readonly state: 'waiting' | 'sending' | 'done' | 'failed' | 'stopped';
  /** Why it failed. */
  readonly error: unknown;
}

/** Each has requests of its own; a few at once hide the way there. */
const AT_ONCE = 3;

/** The uploads of a page, some at a time. What was stopped or failed goes on where it was. */
export class Uploads {
  #items: readonly UploadItem[] = [];
  readonly #running = new Map<number, AbortController>();
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly storage: string,
    /** Called as a file has come to its place. */
    private readonly arrived: () => void,
  ) {}

  readonly items = (): readonly UploadItem[] => this.#items;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  add(files: readonly { readonly path: string; readonly file: File }[]): void {
    const first = (this.#items.at(-1)?.id ?? 0) + 1;
    const added = files.map(({ path, file }, at): UploadItem => ({ id: first + at, path, file, sent: 0, state: 'waiting', error: null }));
    this.#show([...this.#items, ...added]);
    this.#begin();
  }

  stop(id: number): void {
    this.#change(id, { state: 'stopped' });
    this.#running.get(id)?.abort();
  }

  resume(id: number): void {
    this.#change(id, { state: 'waiting', error: null });
    this.#begin();
  }

  /** Takes what is over out of the list. */
  clear(): void {
    this.#show(this.#items.filter(({ state }) => state === 'waiting' || state === 'sending'));
  }

  close(): void {
    for (const { id, state } of this.#items) if (state === 'waiting' || state === 'sending') this.stop(id);
  }

  #begin(): void {
    for (const item of this.#items) {
      if (this.#running.size >= AT_ONCE) return;
      if (item.state === 'waiting' && !this.#running.has(item.id)) void this.#send(item);
    }
  }

  async #send({ id, path, file }: UploadItem): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    this.#change(id, { state: 'sending' });
    try {
      await sendFile(this.storage, path, file, (sent) => this.#change(id, { sent }), controller.signal);
      this.#change(id, { state: 'done', sent: file.size });
      this.arrived();
    } catch (error) {
      if (!controller.signal.aborted) this.#change(id, { state: 'failed', error });
    } finally {
      this.#running.delete(id);
      this.#begin();
    }
  }

  #change(id: number, change: Partial<UploadItem>): void {
    this.#show(this.#items.map((item) => (item.id === id ? { ...item, ...change } : item)));
  }

  #show(items: readonly UploadItem[]): void {
    this.#items = items;
    for (const listener of this.#listeners) listener();
  }
}
