import { pipeline } from 'node:stream/promises';
import type { Batch, JournalEntry, Machine, Payload, Site, TaskInput } from '@kiln/domain';
import { extract } from 'tar-stream';
import { afterEach, beforeEach } from 'vitest';
import { archiveOf } from './archive.ts';

export interface SiteUnderTest {
  readonly site: Site;
  /** Runs a line of shell on the machine that the site's nodes are on. */
  sh(line: string): Promise<string>;
  close(): Promise<void>;
}

export const JOB = { id: 7, connector: "it's" };
export const EXECUTE: Omit<Batch, 'tasks'> = { name: 'execute-0-0-0', script: 'main.sh', iteration: 0, slots: 2, timeLimit: null };

/** Opens a site with a node before each test, and what tests do there. */
export function onSite(open: () => Promise<SiteUnderTest>) {
  let under: SiteUnderTest;
  let node: Machine;
  beforeEach(async () => {
    under = await open();
    const {
      machines: [first],
    } = await under.site.create(JOB, 1, async () => {}, []);
    if (!first) throw new Error('no machine was made');
    node = first;
  });
  afterEach(async () => {
    await under.site.stop(JOB, node);
    await under.close();
  });

  /** Looks until it has seen enough. */
  async function until(
    enough: (entries: readonly JournalEntry[], runner: string) => boolean,
    batch = EXECUTE.name,
  ): Promise<JournalEntry[]> {
    const entries: JournalEntry[] = [];
    for (let offset = 0; ; ) {
      const look = await under.site.look(JOB, node, batch, offset);
      entries.push(...look.entries);
      offset = look.offset;
      if (enough(entries, look.runner)) return entries;
    }
  }

  return {
    get site() {
      return under.site;
    },
    get node() {
      return node;
    },
    sh: (line: string) => under.sh(line),
    prepare: (files: Record<string, string>, parameters: Payload['parameters'] = {}, copied = false, round = 0) =>
      under.site.prepare(JOB, node, { archive: () => archiveOf(files), size: async () => 0, copied, parameters, round }),
    async run(
      files: Record<string, string>,
      tasks: readonly TaskInput[],
      parameters: Payload['parameters'] = {},
      more: Partial<Batch> & { copied?: boolean } = {},
    ) {
      const { copied = false, ...batch } = more;
      await this.prepare(files, parameters, copied);
      await under.site.stageIn(JOB, node, tasks, parameters, EXECUTE.name);
      await under.site.launch(JOB, node, batchOf(tasks, batch));
    },
    /** Launches tasks and resolves with what the journal says of them when it has ended. */
    async launch(tasks: readonly TaskInput[], name: string) {
      await under.site.launch(JOB, node, batchOf(tasks, { name, iteration: tasks[0]?.iteration ?? 0 }));
      return this.ended(name);
    },
    until,
    ended: (batch = EXECUTE.name) => until((_entries, runner) => runner === 'ended', batch),
    text: async (path: string) => new TextDecoder().decode(await under.site.read(JOB, node, path, 0, 1e6)),
    /** Paths in what is collected. */
    async collected(tasks: readonly TaskInput[], logsOnly: boolean): Promise<string[]> {
      const names: string[] = [];
      const tar = extract();
      const read = pipeline(under.site.collect(JOB, node, tasks, logsOnly), tar);
      read.catch(() => undefined); // awaited below, unless reading fails of the same cause
      for await (const entry of tar) {
        names.push(entry.header.name);
        entry.resume();
      }
      await read;
      return names.sort();
    },
    journalDirectory: () => `"${node.root}/it's7/.kiln/batches/${EXECUTE.name}"`,
  };
}

export function batchOf(tasks: readonly TaskInput[], more: Partial<Batch> = {}): Batch {
  return { ...EXECUTE, tasks: tasks.map(({ number }) => number), ...more };
}

export function task(number: number, values: TaskInput['values'] = {}, more: Partial<TaskInput> = {}): TaskInput {
  return { number, iteration: 0, values, input: null, attempt: 1, ...more };
}
