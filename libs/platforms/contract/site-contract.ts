import { type Batch, type JournalEntry, type Machine, type Payload, type Site, type TaskInput } from '@kiln/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { archiveOf } from './archive.ts';

export interface SiteUnderTest {
  readonly site: Site;
  /** Runs a line of shell on the machine that the site's nodes are on. */
  sh(line: string): Promise<string>;
  close(): Promise<void>;
}

const JOB = { id: 7, connector: "it's" };
const EXECUTE: Omit<Batch, 'tasks'> = { name: 'execute-0-0', script: 'main.sh', iteration: 0, slots: 2 };

/** What every conversation with a platform must do. */
export function siteContract(name: string, open: () => Promise<SiteUnderTest>): void {
  describe(name, () => {
    let under: SiteUnderTest;
    let node: Machine;
    beforeEach(async () => {
      under = await open();
      const [first] = await under.site.create(JOB, 1);
      if (!first) throw new Error('no machine was made');
      node = first;
    });
    afterEach(async () => {
      await under.site.stop(JOB, node);
      await under.close();
    });

    const run = async (files: Record<string, string>, tasks: readonly TaskInput[], parameters: Payload['parameters'] = {}) => {
      await under.site.prepare(JOB, node, { archive: () => archiveOf(files), copied: false, parameters });
      await under.site.stageIn(JOB, node, tasks, parameters);
      await under.site.launch(JOB, node, { ...EXECUTE, tasks: tasks.map(({ number }) => number) });
    };

    const until = async (enough: (entries: readonly JournalEntry[], runner: string) => boolean) => {
      const entries: JournalEntry[] = [];
      for (let offset = 0; ; ) {
        const look = await under.site.look(JOB, node, EXECUTE.name, offset);
        entries.push(...look.entries);
        offset = look.offset;
        if (enough(entries, look.runner)) return entries;
      }
    };
    const ended = () => until((_entries, runner) => runner === 'ended');
    const text = async (path: string) => new TextDecoder().decode(await under.site.read(JOB, node, path, 0, 1e6));

    test('values arrive whole, whatever characters they hold', async () => {
      const hostile = `a 'b' "c" $(touch /tmp/kiln-was-here) \`id\` \\ ;|& \n-rf ünïcødé 🔥`;
      const main = '#!/bin/sh\nprintf %s "$word" >"$2/word"\nprintf %s "$fixed" >"$2/fixed"\ncp "$1/values.json" "$2"\n';
      await run({ 'process_payload/main.sh': main }, [task(1, { word: hostile })], { fixed: hostile });
      await ended();
      expect(await text('output_0/1/word')).toBe(hostile);
      expect(await text('output_0/1/fixed')).toBe(hostile);
      expect(JSON.parse(await text('output_0/1/values.json'))).toEqual({ word: hostile, fixed: hostile, run_counter: 1 });
    });

    test('each end is told with its exit code, and never more tasks run at once than there are slots', async () => {
      const main = '#!/bin/sh\nexit "$code"\n';
      await run({ 'process_payload/main.sh': main }, [
        task(1, { code: 0 }),
        task(2, { code: 3 }),
        task(3, { code: 137 }),
        task(4, { code: 0 }),
      ]);
      const entries = await ended();
      expect(entries.flatMap((entry) => (entry.kind === 'exited' ? [[entry.task, entry.code]] : [])).sort()).toEqual([
        [1, 0],
        [2, 3],
        [3, 137],
        [4, 0],
      ]);
      let open = 0;
      for (const { kind } of entries) {
        open += kind === 'started' ? 1 : -1;
        expect(open).toBeLessThanOrEqual(2);
      }
    });

    test('a batch that is launched many times at once runs once', async () => {
      await run({ 'process_payload/main.sh': '#!/bin/sh\necho x >>"$2/effects"\nsleep 0.3\n' }, [task(1), task(2), task(3)]);
      const again = { ...EXECUTE, tasks: [1, 2, 3] };
      await Promise.all(Array.from({ length: 6 }, () => under.site.launch(JOB, node, again)));
      await ended();
      await under.site.launch(JOB, node, again);
      for (const number of [1, 2, 3]) expect(await text(`output_0/${number}/effects`)).toBe('x\n');
    });

    test('a runner that was killed is dead; launched again it begins only what had not begun, and sees its orphans end', async () => {
      const main = '#!/bin/sh\necho x >>"$2/effects"\nwhile [ ! -e "$gate" ]; do sleep 0.05; done\n';
      const gate = (await under.sh('mktemp -u')).trim();
      await run({ 'process_payload/main.sh': main }, [task(1, { gate }), task(2, { gate }), task(3, { gate })]);
      await until((entries) => entries.filter(({ kind }) => kind === 'started').length === 2);
      await under.sh(`kill -9 $(cut -d' ' -f1 ${await journalDirectory()}/runner)`);
      await until((_entries, runner) => runner === 'dead');
      await under.site.launch(JOB, node, { ...EXECUTE, tasks: [1, 2, 3] });
      await under.sh(`touch ${gate}`);
      const entries = await ended();
      expect(
        entries
          .filter(({ kind }) => kind === 'exited')
          .map((entry) => entry.task)
          .sort(),
      ).toEqual([1, 2, 3]);
      for (const number of [1, 2, 3]) expect(await text(`output_0/${number}/effects`)).toBe('x\n');
      await under.sh(`rm ${gate}`);
    });

    test('a task whose end nobody could see is lost, not run again', async () => {
      await run({ 'process_payload/main.sh': '#!/bin/sh\necho x >>"$2/effects"\nsleep 600\n' }, [task(1)]);
      await until((entries) => entries.length === 1);
      const pid = (await under.sh(`cut -d' ' -f1 ${await journalDirectory()}/runner`)).trim();
      await under.sh(`kill -s KILL -- -${pid}; kill -s KILL -- -$(awk '$1 == "pid" { print $3 }' ${await journalDirectory()}/journal)`);
      await under.site.launch(JOB, node, { ...EXECUTE, tasks: [1] });
      expect(await ended()).toMatchObject([{ kind: 'started' }, { kind: 'lost', task: 1 }]);
      expect(await text('output_0/1/effects')).toBe('x\n');
    });

    test('a thousand tasks are all run, and leave no process behind', async () => {
      const tasks = Array.from({ length: 1000 }, (_, i) => task(i + 1));
      await run({ 'process_payload/main.sh': '#!/bin/sh\n:\n' }, tasks);
      const entries = await ended();
      expect(new Set(entries.filter(({ kind }) => kind === 'exited').map((entry) => entry.task)).size).toBe(1000);
    });

    test('what is collected is what the tasks left, and cleaning removes it there', async () => {
      await run({ 'process_payload/main.sh': '#!/bin/sh\necho out\necho err >&2\necho "$KILN_TASK" >"$2/n"\n' }, [task(1), task(2)]);
      await ended();
      let size = 0;
      for await (const chunk of under.site.collect(JOB, node, [task(1), task(2)])) size += chunk.length;
      expect(size).toBeGreaterThan(1024);
      expect(await text('logs/2.err')).toBe('err\n');
      await under.site.clean(JOB, node);
      expect(await text('logs/2.err')).toBe('');
      await under.site.clean(JOB, node);
    });

    test('what is given back is gone from the listing, and giving it back twice is no error', async () => {
      expect((await under.site.list(JOB)).map((machine) => machine.name)).toContain(node.name);
      await under.site.destroy(JOB);
      await under.site.destroy(JOB);
    });

    async function journalDirectory(): Promise<string> {
      return `"${node.root}/it's7/.kiln/batches/${EXECUTE.name}"`;
    }
  });
}

function task(number: number, values: TaskInput['values'] = {}): TaskInput {
  return { number, iteration: 0, values };
}
