import { type Batch, type JournalEntry, KnownError, type Look, type Machine, type Site, type Storage } from '@kiln/domain';
import type { Random } from './random.ts';

export interface Faults {
  /** A call fails before it does anything. */
  readonly refused: number;
  /** A call does what it should, and its answer is lost. */
  readonly answerLost: number;
  /** A task exits with code 1. */
  readonly taskFails: number;
  /** A runner dies; what it had begun goes on or is lost. */
  readonly runnerDies: number;
  /** The platform gives no more machines than this. */
  readonly mostMachines: number;
}

interface Running {
  readonly batch: Batch;
  readonly journal: JournalEntry[];
  todo: number[];
  begun: number[];
  alive: boolean;
  ended: boolean;
}

/** A platform and a storage in memory that fail as real ones do, and that remember what was done to them. */
export class Simulated {
  /** How often each task was begun. */
  readonly effects = new Map<number, number>();
  /** Tasks whose results were brought home. */
  readonly home = new Set<number>();
  published = false;
  private readonly machines: Machine[] = [];
  private readonly batches = new Map<string, Running>();

  constructor(
    private readonly random: Random,
    private readonly faults: Faults,
  ) {}

  /** What is still rented or running. */
  left(): readonly string[] {
    return [...this.machines.map(({ name }) => name), ...this.batches.keys()];
  }

  readonly site: Site = {
    list: () => this.call(() => [...this.machines]),
    create: (_job, count) => this.call(() => this.create(count)),
    destroy: () => this.call(() => void this.machines.splice(0)),
    prepare: () => this.call(() => {}),
    stageIn: () => this.call(() => {}),
    launch: (_job, node, batch) => this.call(() => this.launch(keyOf(node, batch.name), batch)),
    look: (_job, node, batch, offset) => this.call(() => this.look(this.batches.get(keyOf(node, batch)), offset)),
    follow: () => () => {},
    collect: (_job, _node, tasks) => this.collect(tasks.map(({ number }) => number)),
    read: () => this.call(() => new Uint8Array()),
    stop: (_job, node) =>
      this.call(() => this.each(node, (_key, running) => Object.assign(running, { alive: false, todo: [], begun: [] }))),
    clean: (_job, node) => this.call(() => this.each(node, (key) => this.batches.delete(key))),
  };

  readonly storage: Storage = {
    open: () => this.call(() => {}),
    probe: () => this.call(() => {}),
    list: () => this.call(() => []),
    stat: () => this.call(() => ({ name: '', kind: 'directory', size: 0, modifiedAt: '' })),
    read: () => this.call(() => new Uint8Array()),
    unpack: (_path, archive) => this.unpack(archive),
    copy: () =>
      this.call(() => {
        this.published = true;
      }),
  };

  private async call<T>(effect: () => T): Promise<T> {
    if (this.random.chance(this.faults.refused)) throw lostConnection();
    const result = effect();
    if (this.random.chance(this.faults.answerLost)) throw lostConnection();
    return result;
  }

  private each(node: { name: string }, act: (key: string, running: Running) => void): void {
    for (const [key, running] of this.batches) if (key.startsWith(keyOf(node, ''))) act(key, running);
  }

  private create(count: number): readonly Machine[] {
    const wanted = Math.min(count, this.faults.mostMachines);
    for (let i = this.machines.length + 1; i <= wanted; i += 1) this.machines.push({ name: `m${i}`, address: '', root: '/', slots: 2 });
    return [...this.machines];
  }

  private async *collect(tasks: readonly number[]): AsyncIterable<Uint8Array> {
    await this.call(() => {});
    for (const task of tasks) yield Uint8Array.of(task);
  }

  private async unpack(archive: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const bytes of archive) for (const task of bytes) this.home.add(task);
    await this.call(() => {});
  }

  private launch(key: string, batch: Batch): void {
    const running = this.batches.get(key);
    if (!running) this.batches.set(key, { batch, journal: [], todo: [...batch.tasks], begun: [], alive: true, ended: false });
    else if (!running.alive && !running.ended) {
      for (const task of running.begun.splice(0)) running.journal.push({ kind: 'lost', why: 'LOST', words: '', task, at: 0 });
      running.alive = true;
    }
  }

  /** Time passes only here: the runner begins and ends some tasks between two looks. */
  private look(running: Running | undefined, offset: number): Look {
    if (!running) return { entries: [], offset, runner: 'dead' };
    if (running.alive && this.random.chance(this.faults.runnerDies)) running.alive = false;
    for (let i = this.random.between(0, 3); i > 0 && running.alive && !running.ended; i -= 1) this.advance(running);
    const entries = running.journal.slice(offset);
    const runner = running.ended ? 'ended' : running.alive || entries.length > 0 ? 'running' : 'dead';
    return { entries, offset: running.journal.length, runner };
  }

  private advance(running: Running): void {
    const next = running.todo.shift();
    if (next !== undefined) {
      running.journal.push({ kind: 'started', task: next, at: 0 });
      running.begun.push(next);
      if (running.batch.script === 'main.sh') this.effects.set(next, (this.effects.get(next) ?? 0) + 1);
      return;
    }
    const done = running.begun.shift();
    if (done === undefined) running.ended = true;
    else running.journal.push({ kind: 'exited', task: done, at: 0, code: this.random.chance(this.faults.taskFails) ? 1 : 0 });
  }
}

function keyOf(node: { name: string }, batch: string): string {
  return `${node.name}/${batch}`;
}

function lostConnection(): KnownError {
  return new KnownError('PLATFORM_UNAVAILABLE', 'The connection was lost.', { retryable: true });
}
