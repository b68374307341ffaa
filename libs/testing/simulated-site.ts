import {
  type Batch,
  type Creation,
  type Curator,
  type JournalEntry,
  KnownError,
  type Look,
  type Machine,
  type Site,
  type Storage,
} from '@kiln/domain';
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
  /** A machine dies, with all that is on it, for good. */
  readonly machineDies: number;
  /** The directory of the job on a machine is removed. */
  readonly directoryGoes: number;
  /** The platform lists dead machines all the same. */
  readonly deadAreListed: boolean;
}

interface Running {
  readonly batch: Batch;
  readonly journal: JournalEntry[];
  todo: number[];
  begun: number[];
  alive: boolean;
  ended: boolean;
}

/** A platform, a storage and a curator in memory that fail as real ones do, and that remember what was done to them. */
export class Simulated {
  /** How often each task was begun. */
  readonly effects = new Map<number, number>();
  /** Tasks whose results were brought home. */
  readonly home = new Set<number>();
  /** Input sets that lie at home. */
  readonly assembled = new Set<string>();
  published = false;
  /** Names of datasets that the curator has. */
  readonly datasets = new Set<string>();
  /** Faults that were met. */
  met = 0;
  /** Machines that died, and directories that were removed. */
  deaths = 0;
  private readonly dead = new Set<string>();
  private readonly machines: Machine[] = [];
  private made = 0;
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
    list: () => this.call(() => this.machines.filter(({ name }) => this.faults.deadAreListed || !this.dead.has(name))),
    create: (_job, count, _ours, past) => this.call(() => this.create(count, past)),
    giveBack: (_job, names) => this.call(() => this.giveBack(names)),
    destroy: () => this.call(() => void this.machines.splice(0)),
    prepare: (_job, node) => this.on(node, () => {}),
    bring: (_job, node) => this.on(node, () => {}),
    stageIn: (_job, node) => this.on(node, () => {}),
    launch: (_job, node, batch) => this.on(node, () => this.launch(keyOf(node, batch.name), batch)),
    look: (_job, node, batch, offset) => this.on(node, () => this.lookAt(node, batch, offset)),
    follow: () => () => {},
    size: (_job, node) => this.on(node, () => 0),
    collect: (_job, node, tasks, logsOnly) => this.collect(node, logsOnly ? [] : tasks.map(({ number }) => number)),
    read: (_job, node) => this.on(node, () => new Uint8Array()),
    files: () => this.storage,
    stop: (_job, node) =>
      this.on(node, () => this.each(node, (_key, running) => Object.assign(running, { alive: false, todo: [], begun: [] }))),
    clean: (_job, node) => this.on(node, () => this.each(node, (key) => this.batches.delete(key))),
  };

  readonly storage: Storage = {
    open: () => this.call(() => {}),
    probe: () => this.call(() => {}),
    needRoom: () => this.call(() => {}),
    size: () => this.call(() => 0),
    list: () => this.call(() => []),
    stat: () => this.call(() => ({ name: '', kind: 'directory', size: 0, modifiedAt: '' })),
    read: () => this.call(() => new Uint8Array()),
    unpack: (_path, archive) => this.unpack(archive),
    async *pack() {},
    assemble: (path) => this.call(() => void this.assembled.add(path)),
    remove: () => this.call(() => {}),
    copy: () =>
      this.call(() => {
        this.published = true;
      }),
  };

  readonly curator: Curator = {
    experiment: () => this.call(() => ({ id: 1, url: '', unknown: [] })),
    describe: () => this.call(() => []),
    dataset: (_experiment, { name }) =>
      this.call(() => {
        this.datasets.add(name);
        return { files: 1, bytes: 1, leftOut: [], unknown: [] };
      }),
  };

  private async call<T>(effect: () => T): Promise<T> {
    if (this.random.chance(this.faults.refused)) throw this.lostConnection();
    const result = effect();
    if (this.random.chance(this.faults.answerLost)) throw this.lostConnection();
    return result;
  }

  /** The same on a machine, which may die at this moment; then its tasks have not ended, and what was on it is gone. */
  private async on<T>(node: { name: string }, effect: () => T): Promise<T> {
    if (this.random.chance(this.faults.machineDies)) this.bury(node);
    if (this.dead.has(node.name)) throw this.lostConnection();
    return this.call(effect);
  }

  private lostConnection(): KnownError {
    this.met += 1;
    return new KnownError('PLATFORM_UNAVAILABLE', 'The connection was lost.', { retryable: true });
  }

  private bury(node: { name: string }): void {
    if (!this.dead.has(node.name)) this.deaths += 1;
    this.dead.add(node.name);
    this.each(node, (key) => this.batches.delete(key));
  }

  private lookAt(node: { name: string }, batch: string, offset: number): Look {
    if (this.random.chance(this.faults.directoryGoes)) {
      this.deaths += 1;
      this.each(node, (key) => this.batches.delete(key));
      return { entries: [], offset, runner: 'gone' };
    }
    return this.look(this.batches.get(keyOf(node, batch)), offset);
  }

  private each(node: { name: string }, act: (key: string, running: Running) => void): void {
    for (const [key, running] of this.batches) if (key.startsWith(keyOf(node, ''))) act(key, running);
  }

  /** One more with each call; a dead one that is listed counts as if it were well. */
  private create(count: number, past: readonly string[]): Creation {
    const there = () => this.machines.filter(({ name }) => !past.includes(name));
    const wanted = Math.min(count, this.faults.mostMachines);
    if (there().length < wanted) this.machines.push({ name: `m${++this.made}`, address: '', root: '/', slots: 2 });
    const coming = Math.max(0, wanted - there().length);
    return { machines: there(), coming, late: this.random.chance(0.2) ? coming : 0, delayed: 0, reasons: [] };
  }

  private giveBack(names: readonly string[]): void {
    for (const name of names) {
      const index = this.machines.findIndex((machine) => machine.name === name);
      if (index >= 0) this.machines.splice(index, 1);
      this.dead.add(name);
      this.each({ name }, (key) => this.batches.delete(key));
    }
  }

  private async *collect(node: { name: string }, tasks: readonly number[]): AsyncIterable<Uint8Array> {
    await this.on(node, () => {});
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
    if (running.alive && this.random.chance(this.faults.runnerDies)) {
      running.alive = false;
      this.met += 1;
    }
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
