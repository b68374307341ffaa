import { expect, test } from 'vitest';
import { JOB, onSite, type SiteUnderTest, task } from './on-site.ts';

/** Says who it is, and works until there is a file `gate`. */
const WORKS = '#!/bin/sh\necho $$ >>"$pids"\nwhile [ ! -e "$gate" ]; do sleep 0.1; done\ntouch "$2/done"\n';

/** What every conversation with a platform must do with what another round of a job left on a machine. */
export function roundsContract(open: () => Promise<SiteUnderTest>): void {
  const on = onSite(open);
  const files = { 'process_payload/main.sh': WORKS };
  const values = () => ({ gate: `${on.node.root}/gate`, pids: `${on.node.root}/pids` });
  const prepare = (round: number) => on.prepare(files, {}, false, round);
  const alive = async () =>
    (await on.sh(`for pid in $(cat "${on.node.root}/pids"); do grep -qs '^State:.[^ZX]' /proc/$pid/status && echo alive; done; :`)).trim();
  const inRoot = async () => (await on.sh(`ls -A "${on.node.root}"`)).split('\n').filter((name) => name.includes("it's7"));

  async function runs(count: number): Promise<void> {
    await on.run(
      files,
      Array.from({ length: count }, (_, i) => task(i + 1, values())),
    );
    await expect
      .poll(() => on.sh(`cat "${on.node.root}/pids" 2>/dev/null | wc -l`))
      .toMatch(new RegExp(`^\\s*${Math.min(count, 2)}$`, 'm'));
  }

  test('what an earlier round left is ended and removed before the next one is set up', async () => {
    await runs(4);
    await prepare(1);
    expect(await alive()).toBe('');
    expect(await on.sh(`cd "${on.node.root}/it's7" && ls -A . .kiln && cat .kiln/round`)).not.toMatch(/output_0|input_0|batches|values/);
    expect(await on.text('.kiln/round')).toBe('1\n');
    expect(await inRoot()).toEqual(["it's7"]);

    await on.sh(`touch "${on.node.root}/gate"`);
    await on.site.stageIn(JOB, on.node, [task(1, values())], {}, 'execute-0-1-0.');
    const entries = await on.launch([task(1)], 'execute-0-1-0.a');
    expect(entries).toMatchObject([{ kind: 'started' }, { kind: 'exited', code: 0 }]);
    expect(await on.sh(`wc -l <"${on.node.root}/pids"`)).toMatch(/^\s*3$/m);
  });

  test('what does not say of which round it is, is of the first', async () => {
    await runs(2);
    await on.sh(`rm "${on.node.root}/it's7/.kiln/round"`);
    await prepare(0);
    expect(await alive()).toBe('alive\nalive');
    await on.sh(`rm "${on.node.root}/it's7/.kiln/round"`);
    await prepare(1);
    expect(await alive()).toBe('');
    expect(await on.text('.kiln/batches/execute-0-0-0/journal')).toBe('');
  });

  test('a round that is set up again while its tasks run, or too late, ends none of them', async () => {
    await prepare(2);
    await on.site.stageIn(JOB, on.node, [task(1, values())], {}, 'execute-0-2-0.');
    await on.site.launch(JOB, on.node, { name: 'execute-0-2-0.a', script: 'main.sh', iteration: 0, tasks: [1], slots: 1, timeLimit: null });
    await expect.poll(() => on.sh(`wc -l <"${on.node.root}/pids" || :`)).toMatch(/^\s*1$/m);
    await prepare(2);
    await expect(prepare(1)).rejects.toMatchObject({ retryable: true, message: expect.stringContaining('started again meanwhile') });
    expect(await alive()).toBe('alive');
    await on.sh(`touch "${on.node.root}/gate"`);
    expect(await on.ended('execute-0-2-0.a')).toMatchObject([{ kind: 'started' }, { kind: 'exited', code: 0 }]);
    expect(await on.text('output_0/1/done')).toBe('');
    expect(await on.sh(`ls "${on.node.root}/it's7/output_0/1"`)).toBe('done\n');
  });

  test('processes of an earlier round end though its directory is gone', async () => {
    await runs(2);
    await on.sh(`rm -rf "${on.node.root}/it's7"`);
    await prepare(1);
    expect(await alive()).toBe('');
  });

  test('what an earlier round could not be rid of goes with the job', async () => {
    await prepare(1);
    await on.sh(`mkdir "${on.node.root}/.it's7.left"`);
    await on.site.clean(JOB, on.node);
    expect(await inRoot()).toEqual([]);
  });
}
