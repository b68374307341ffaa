import { describe, expect, test } from 'vitest';
import { attemptsContract } from './attempts-contract.ts';
import { EXECUTE, JOB, onSite, type SiteUnderTest, task } from './on-site.ts';
import { roundsContract } from './rounds-contract.ts';

/** What every conversation with a platform must do. */
export function siteContract(name: string, open: () => Promise<SiteUnderTest>): void {
  describe(name, () => {
    const on = onSite(open);

    test('values arrive whole, whatever characters they hold', async () => {
      const hostile = `a 'b' "c" $(touch /tmp/kiln-was-here) \`id\` \\ ;|& \n-rf ünïcødé 🔥`;
      const main = '#!/bin/sh\nprintf %s "$word" >"$2/word"\nprintf %s "$fixed" >"$2/fixed"\ncp "$1/values.json" "$2"\n';
      await on.run({ 'process_payload/main.sh': main }, [task(1, { word: hostile })], { fixed: hostile });
      await on.ended();
      expect(await on.text('output_0/1/word')).toBe(hostile);
      expect(await on.text('output_0/1/fixed')).toBe(hostile);
      expect(JSON.parse(await on.text('output_0/1/values.json'))).toEqual({ word: hostile, fixed: hostile, run_counter: 1 });
    });

    test('each end is told with its exit code, and never more tasks run at once than there are slots', async () => {
      const main = '#!/bin/sh\nexit "$code"\n';
      await on.run({ 'process_payload/main.sh': main }, [
        task(1, { code: 0 }),
        task(2, { code: 3 }),
        task(3, { code: 137 }),
        task(4, { code: 0 }),
      ]);
      const entries = await on.ended();
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
      await on.run({ 'process_payload/main.sh': '#!/bin/sh\necho x >>"$2/effects"\nsleep 0.3\n' }, [task(1), task(2), task(3)]);
      const again = { ...EXECUTE, tasks: [1, 2, 3] };
      await Promise.all(Array.from({ length: 6 }, () => on.site.launch(JOB, on.node, again)));
      await on.ended();
      await on.site.launch(JOB, on.node, again);
      for (const number of [1, 2, 3]) expect(await on.text(`output_0/${number}/effects`)).toBe('x\n');
    });

    test('a runner that was killed is dead; launched again it begins only what had not begun, and sees its orphans end', async () => {
      const main = '#!/bin/sh\necho x >>"$2/effects"\nwhile [ ! -e "$gate" ]; do sleep 0.05; done\n';
      const gate = (await on.sh('mktemp -u')).trim();
      await on.run({ 'process_payload/main.sh': main }, [task(1, { gate }), task(2, { gate }), task(3, { gate })]);
      await on.until((entries) => entries.filter(({ kind }) => kind === 'started').length === 2);
      await on.sh(`kill -9 $(cut -d' ' -f1 ${await on.journalDirectory()}/runner)`);
      await on.until((_entries, runner) => runner === 'dead');
      await on.site.launch(JOB, on.node, { ...EXECUTE, tasks: [1, 2, 3] });
      await on.sh(`touch ${gate}`);
      const entries = await on.ended();
      expect(
        entries
          .filter(({ kind }) => kind === 'exited')
          .map((entry) => entry.task)
          .sort(),
      ).toEqual([1, 2, 3]);
      for (const number of [1, 2, 3]) expect(await on.text(`output_0/${number}/effects`)).toBe('x\n');
      await on.sh(`rm ${gate}`);
    });

    test('a task whose end nobody could see is lost, not run again', async () => {
      await on.run({ 'process_payload/main.sh': '#!/bin/sh\necho x >>"$2/effects"\nsleep 600\n' }, [task(1)]);
      await on.until((entries) => entries.length === 1);
      const pid = (await on.sh(`cut -d' ' -f1 ${await on.journalDirectory()}/runner`)).trim();
      await on.sh(`kill -s KILL -- -${pid}; kill -s KILL -- -$(awk '$1 == "pid" { print $3 }' ${await on.journalDirectory()}/journal)`);
      await on.site.launch(JOB, on.node, { ...EXECUTE, tasks: [1] });
      expect(await on.ended()).toMatchObject([{ kind: 'started' }, { kind: 'lost', task: 1 }]);
      expect(await on.text('output_0/1/effects')).toBe('x\n');
    });

    test('a thousand tasks are all run, and leave no process behind', async () => {
      const tasks = Array.from({ length: 1000 }, (_, i) => task(i + 1));
      await on.run({ 'process_payload/main.sh': '#!/bin/sh\n:\n' }, tasks);
      const entries = await on.ended();
      expect(new Set(entries.filter(({ kind }) => kind === 'exited').map((entry) => entry.task)).size).toBe(1000);
    });

    test('what a task has left is seen and measured where it is, and nothing beside it', async () => {
      const script =
        '#!/bin/sh\ncd "$2" && mkdir deep && printf four >deep/f && ln deep/f also && ln -s / out && ln -s ../2 beside && ln -s deep/f in\n';
      await on.run({ 'process_payload/main.sh': script }, [task(1), task(2)]);
      await on.ended();
      expect(await on.site.size(JOB, on.node, [task(1), task(2), task(3)], false)).toBe(8);
      const files = on.site.files(JOB, on.node, 'output_0/1');
      expect(await files.list('', 4)).toBeNull();
      expect((await files.list('', 5))?.map(({ name, size }) => [name, size])).toEqual([
        ['deep', 0],
        ['also', 4],
      ]);
      expect(String(Buffer.from(await files.read('deep/f', 1, 2)))).toBe('ou');
      expect(await files.stat('in')).toMatchObject({ kind: 'file', size: 4 });
      for (const path of ['out/etc', 'beside/also', 'none']) await expect(files.stat(path)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(files.list('../2', 9)).rejects.toMatchObject({ code: 'BAD_INPUT' });
      await on.sh(`cd "${on.node.root}"/*7 && mv output_0/1 output_0/9; ln -s 2 output_0/1`);
      await expect(files.list('', 9)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('what is collected is what the tasks left, and cleaning removes it there', async () => {
      await on.run({ 'process_payload/main.sh': '#!/bin/sh\necho out\necho err >&2\necho "$KILN_TASK" >"$2/n"\n' }, [task(1), task(2)]);
      await on.ended();
      let size = 0;
      for await (const chunk of on.site.collect(JOB, on.node, [task(1), task(2)], false)) size += chunk.length;
      expect(size).toBeGreaterThan(1024);
      expect(await on.text('logs/2.err')).toBe('err\n');
      await on.site.clean(JOB, on.node);
      expect(await on.text('logs/2.err')).toBe('');
      await on.site.clean(JOB, on.node);
    });

    test('what is given back is gone from the listing, and giving it back twice is no error', async () => {
      expect((await on.site.list(JOB)).map((machine) => machine.name)).toContain(on.node.name);
      await on.site.destroy(JOB);
      await on.site.destroy(JOB);
    });
  });
  describe(name, () => attemptsContract(open));
  describe(name, () => roundsContract(open));
}
