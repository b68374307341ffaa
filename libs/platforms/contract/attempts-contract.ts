import { expect, test } from 'vitest';
import { archiveOf } from './archive.ts';
import { batchOf, EXECUTE, JOB, onSite, type SiteUnderTest, task } from './on-site.ts';

const FAILS = '#!/bin/sh\necho "attempt $KILN_ATTEMPT"\nls >"$2/seen"\ntouch "$2/left"\nexit 1\n';

/** Leaves somebody behind who writes, and does not hear that it should end. */
const LEAVES = `#!/bin/sh
[ "$KILN_TASK" != 3 ] || exit 0
setsid sh -c 'trap "" TERM; echo $$ >"$1/pid"; while :; do echo x >>"$1/junk"; sleep 0.1; done' sh "$2" </dev/null >/dev/null 2>&1 &
while [ ! -s "$2/junk" ]; do sleep 0.1; done
exit 1
`;

/** What every conversation with a platform must do about time limits, tasks that are tried again, and input sets. */
export function attemptsContract(open: () => Promise<SiteUnderTest>): void {
  const on = onSite(open);

  test('a task that takes longer than it may is ended and lost for that reason', async () => {
    const tasks = [task(1, { line: 'exec sleep 600' }), task(2, { line: ':' })];
    await on.run({ 'process_payload/main.sh': '#!/bin/sh\neval "$line"\n' }, tasks, {}, { timeLimit: 1.2 });
    const ends = (await on.ended()).filter(({ kind }) => kind !== 'started');
    expect(ends.sort((a, b) => a.task - b.task)).toMatchObject([
      { kind: 'lost', task: 1, why: 'TIME_LIMIT' },
      { kind: 'exited', task: 2, code: 0 },
    ]);
  });

  test('a task that is tried again on its node begins with an empty directory, and has logs of its own', async () => {
    await on.run({ 'process_payload/main.sh': FAILS }, [task(1), task(2)]);
    await on.ended();
    await on.site.stageIn(JOB, on.node, [again(1)], {}, 'execute-0-0-1');
    expect(await on.text('output_0/2/seen')).toBe('seen\n');
    await on.site.stageIn(JOB, on.node, [again(1)], {}, 'execute-0-0-1');
    await on.launch([again(1)], 'execute-0-0-1-0');
    expect(await on.text('output_0/1/seen')).toBe('seen\n');
    expect([await on.text('logs/1.out'), await on.text('logs/1.2.out')]).toEqual(['attempt 1\n', 'attempt 2\n']);
    expect(await on.collected([again(1)], true)).toEqual(['logs/1.2.out']);
  });

  test('before a task is tried again, what its earlier attempt left running is ended, and nothing else is', async () => {
    await on.run({ 'process_payload/main.sh': LEAVES }, [task(1), task(2, { word: 'a\nKILN_TASK=1' })]);
    const writes = async (number: number) => {
      const size = () => on.sh(`wc -c <"${on.node.root}/it's7/output_0/${number}/junk"`).then(Number);
      const before = await size();
      await expect.poll(size, { timeout: 10_000 }).toBeGreaterThan(before);
    };
    await on.ended();
    for (const number of [1, 2]) await writes(number);
    const pid = Number(await on.text('output_0/1/pid'));
    await on.site.stageIn(JOB, on.node, [again(1), task(3)], {}, 'execute-0-0-1.');
    expect(await on.sh(`grep -qs '^State:.[^ZX]' /proc/${pid}/status || echo gone; ls -A "${on.node.root}/it's7/output_0/1"`)).toBe(
      'gone\n',
    );
    await writes(2);
    await on.launch([again(1), task(3)], 'execute-0-0-1.a');
    await writes(1);
    await on.site.stageIn(JOB, on.node, [again(1), task(3)], {}, 'execute-0-0-1.');
    await writes(1);
  });

  test('each attempt has its own copy of the payload, whatever an earlier one made of it', async () => {
    const files = {
      'process_payload/main.sh': '#!/bin/sh\ncat data >"$2/data"\necho spoilt >data\nexit 1\n',
      'process_payload/data': 'fresh',
    };
    await on.run(files, [task(1)], {}, { copied: true });
    await on.ended();
    await on.site.stageIn(JOB, on.node, [again(1)], {}, 'execute-0-0-1');
    await on.launch([again(1)], 'execute-0-0-1');
    expect(await on.text('output_0/1/data')).toBe('fresh');
  });

  test.each([
    ['execute-0-0-1.', 'execute-0-0-1.a'],
    ['execute-0-0-1', 'execute-0-0-1-2'],
    ['execute-0-0-9.', 'execute-0-0-10.a'],
  ])('what is set up for %s is not touched once %s was launched', async (wave, name) => {
    await on.run({ 'process_payload/main.sh': FAILS }, [task(1)]);
    await on.ended();
    await on.site.stageIn(JOB, on.node, [again(1)], {}, wave);
    await on.launch([again(1)], name);
    await on.site.stageIn(JOB, on.node, [again(1, { late: 1 })], {}, wave);
    expect(await on.text('output_0/1/seen')).toBe('seen\n');
    expect(await on.text('input_0/1/values.json')).not.toContain('late');
  });

  test.each([
    ['execute-0-0-10.', 'execute-0-0-9.a'],
    ['execute-0-0-10.', 'execute-0-0-1.a'],
    ['execute-0-0-1.', 'schedule-0-0-1.a'],
    ['execute-0-1-0.', 'execute-0-0-1.a'],
  ])('%s is set up though %s was launched', async (wave, name) => {
    await on.run({ 'process_payload/main.sh': FAILS }, [task(1)]);
    await on.ended();
    await on.launch([task(1)], name);
    await on.site.stageIn(JOB, on.node, [again(1)], {}, wave);
    expect(await on.text('output_0/1/seen')).toBe('');
  });

  test('a launch waits while room is made for tasks, and not for who died at that', async () => {
    await on.run({ 'process_payload/main.sh': '#!/bin/sh\n:\n' }, [task(1)]);
    await on.ended();
    const busy = `"${on.node.root}/it's7/.kiln/fill.1.busy"`;
    await on.sh(`echo "999999999 $(cat /proc/sys/kernel/random/boot_id)" >${busy}`);
    await on.launch([task(1)], 'execute-0-0-1');
    await on.sh(`echo "1 another-boot" >${busy}; (sleep 2; rm ${busy}) >/dev/null 2>&1 &`);
    await on.site.launch(JOB, on.node, { ...batchOf([task(1)]), name: 'execute-0-0-2' });
    expect(await on.sh(`ls ${busy} 2>/dev/null || true`)).toBe('');
    await on.ended('execute-0-0-2');
  });

  const SETS = {
    'best of all/data': 'one',
    'best of all/deep/values.json': 'deep',
    'best of all/values.json': 'not these',
    'b/data': 'two',
  };
  const WITH_INPUT = '#!/bin/sh\ncat "$1/data" >"$2/data"\ncp "$1/deep/values.json" "$2/deep"\necho changed >"$1/data"\n';

  test('tasks get copies of their input sets beside their values, and a retry gets them anew', async () => {
    await on.prepare({ 'process_payload/main.sh': WITH_INPUT });
    await on.site.bring(JOB, on.node, 1, archiveOf(SETS), 0);
    const mine = { iteration: 1, input: 'best of all' };
    const tasks = [task(11, { n: 1 }, mine), task(12, { n: 2 }, { ...mine, input: 'b' }), task(13, { n: 3 }, { iteration: 1 })];
    const stage = () => on.site.stageIn(JOB, on.node, tasks, {}, 'execute-1-0-0');
    await stage();
    await stage();
    await on.launch(tasks, 'execute-1-0-0');
    expect(await Promise.all([11, 12, 13].map((number) => on.text(`output_1/${number}/data`)))).toEqual(['one', 'two', '']);
    expect(await on.text('output_1/11/deep')).toBe('deep');
    expect(JSON.parse(await on.text('input_1/11/values.json'))).toEqual({ n: 1, run_counter: 11 });
    expect(await on.text('input_1/11/data')).toBe('changed\n');
    await on.site.stageIn(JOB, on.node, [again(11, {}, mine)], {}, 'execute-1-0-1');
    expect(await on.text('input_1/11/data')).toBe('one');
    expect(await on.text('.kiln/inputs/1/best of all/data')).toBe('one');
  });

  test('input sets come whole or not at all, and once', async () => {
    await on.prepare({});
    const full = {
      code: 'DISK_FULL',
      retryable: true,
      message: expect.stringMatching(/on .*: 1024 TB are needed and only .* are free/),
    };
    await expect(on.site.bring(JOB, on.node, 1, broken(), 2 ** 50)).rejects.toMatchObject(full);
    await expect(on.site.bring(JOB, on.node, 1, broken(), 0)).rejects.toThrow();
    expect(await on.text('.kiln/inputs/1/b/data')).toBe('');
    await on.site.bring(JOB, on.node, 1, archiveOf(SETS), 0);
    await on.site.bring(JOB, on.node, 1, archiveOf(SETS), 0);
    await on.site.bring(JOB, on.node, 2, archiveOf({}), 0);
    expect(await on.text('.kiln/inputs/1/b/data')).toBe('two');
    expect(await on.sh(`ls -A "${on.node.root}/it's7/.kiln/inputs"`)).toBe('1\n2\n');
  });

  test('an input set that is not there is told', async () => {
    await on.prepare({});
    const stage = (input: string) => on.site.stageIn(JOB, on.node, [task(1, {}, { input })], {}, 'execute-0-0-0');
    await expect(stage('none')).rejects.toMatchObject({ code: 'INTERNAL', retryable: false, message: expect.stringContaining('“none”') });
    for (const name of ['', '..', 'a/b', 'a\nb']) await expect(stage(name)).rejects.toMatchObject({ code: 'CONNECTOR_CODE' });
  });

  test('what tasks left is collected as far as there is anything, or their logs alone', async () => {
    await on.run({ 'process_payload/main.sh': '#!/bin/sh\necho "$KILN_TASK"\ntouch "$2/n"\n' }, [task(1), task(2)]);
    await on.ended();
    expect(await on.collected([task(1), task(2), task(3)], true)).toEqual(['logs/1.out', 'logs/2.out']);
    expect(await on.collected([task(1), task(3)], false)).toEqual(['logs/1.out', 'output_0/1/', 'output_0/1/n']);
    expect(await on.collected([task(3)], false)).toEqual([]);
  });

  test('a job whose directory was removed is gone, and nothing can be had of it', async () => {
    await on.run({ 'process_payload/main.sh': '#!/bin/sh\necho\n' }, [task(1)]);
    await on.ended();
    await on.sh(`rm -rf "${on.node.root}/it's7"`);
    expect((await on.site.look(JOB, on.node, EXECUTE.name, 0)).runner).toBe('gone');
    await expect(on.collected([task(1)], false)).rejects.toMatchObject({ code: 'NODE_LOST' });
    await expect(on.site.stageIn(JOB, on.node, [task(1)], {}, EXECUTE.name)).rejects.toMatchObject({ code: 'NODE_LOST' });
    await expect(on.site.bring(JOB, on.node, 1, archiveOf(SETS), 0)).rejects.toMatchObject({ code: 'NODE_LOST' });
    await expect(on.site.launch(JOB, on.node, batchOf([task(1)]))).rejects.toMatchObject({ code: 'NODE_LOST' });
  });
}

const again: typeof task = (number, values = {}, more = {}) => task(number, values, { attempt: 2, ...more });

/** Breaks off in the midst of a file. */
async function* broken(): AsyncIterable<Uint8Array> {
  for await (const bytes of archiveOf({ 'b/data': 'two', 'b/more': 'x'.repeat(100_000) })) {
    yield bytes.subarray(0, 600);
    throw new Error('it broke off');
  }
}
