import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TaskInput } from '@kiln/domain';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isNodeError } from '../trouble.ts';
import { parseJournal } from './journal.ts';
import { taskFiles } from './task-files.ts';

const BATCH = 'execute-0-0-0/1';
const TOOLS = ['awk', 'cat', 'cp', 'date', 'grep', 'ln', 'mkdir', 'mkfifo', 'mv', 'rm', 'setsid', 'sleep', 'tr', 'wc'];
/** Each with a directory of programs in which there is no other shell. */
const SHELLS: Readonly<Record<string, (bin: string) => void>> = {
  bash: (bin) => link(bin, { sh: found('bash'), bash: found('bash') }, TOOLS),
  dash: (bin) => link(bin, { sh: found('dash') }, TOOLS),
  busybox: (bin) => link(bin, Object.fromEntries(['sh', ...TOOLS].map((tool) => [tool, found('busybox')])), []),
};

describe.each(Object.keys(SHELLS).filter((shell) => found(shell) !== ''))('the runner in %s', (shell) => {
  let directory: string;
  let batch: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "kiln runner's "));
    batch = join(directory, '.kiln/batches', BATCH);
    mkdirSync(join(directory, 'bin'));
    SHELLS[shell]?.(join(directory, 'bin'));
    for (const path of [batch, join(directory, 'logs'), join(directory, 'payload/process_payload')]) mkdirSync(path, { recursive: true });
    cpSync(fileURLToPath(new URL('runner.sh', import.meta.url)), join(directory, '.kiln/runner.sh'));
    writeFileSync(join(directory, '.kiln/job.env'), 'export fixed=1\n');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 })); // a runner may be writing its last line

  const env = () => ({ PATH: join(directory, 'bin'), HOME: directory });
  const journal = () => parseJournal(readFileSync(join(batch, 'journal')));
  const entries = (kind: string) => journal().entries.filter((entry) => entry.kind === kind);
  const text = (path: string) => readFileSync(join(directory, path), 'utf8');

  async function stage(main: string, tasks: readonly TaskInput[], wave = 'execute-0-0-0') {
    writeFileSync(join(directory, 'payload/process_payload/main.sh'), main, { mode: 0o755 });
    const tar = spawn('tar', ['-xf', '-', '-C', directory]);
    for await (const piece of taskFiles(tasks, {}, wave, '')) tar.stdin.write(piece);
    tar.stdin.end();
    await new Promise((resolve) => tar.once('close', resolve));
    writeFileSync(join(batch, 'tasks'), tasks.map(({ number }) => `${number}\n`).join(''));
  }

  function launch(slots = 2, limit = 0): Promise<unknown> & { pid: number } {
    const args = [join(directory, '.kiln/runner.sh'), directory, BATCH, 'main.sh', '0', String(slots), String(limit)];
    const runner = spawn(join(directory, 'bin/sh'), args, {
      env: env(),
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    return Object.assign(new Promise((resolve) => runner.once('exit', resolve)), { pid: Number(runner.pid) });
  }

  test('a task gets its values, whatever they hold, and works where its output is', async () => {
    const word = `a 'b' "c" $(touch x) \`id\` \\ \\n \u0001\u007f ;|&\n\n-rf\t Áéü中\u0081🔥 `;
    await stage('#!/bin/sh\nprintf %s "$word" >word\nprintf %s "$fixed$n" >"$2/n"\n', [task(1, { word, n: 2 }), task(2)]);
    await launch();
    expect(text('output_0/1/word')).toBe(word);
    expect(text('output_0/1/n')).toBe('12');
    expect(text('output_0/2/n')).toBe('1');
    expect(journal().ended).toBe(true);
  });

  test('a payload that ends its whole process group ends only itself', async () => {
    await stage('#!/bin/sh\nkill -s KILL 0\n', numbered(4));
    await launch();
    expect(entries('exited').map((entry) => 'code' in entry && entry.code)).toEqual([137, 137, 137, 137]);
    expect(journal().ended).toBe(true);
  });

  test('a slot that is killed is opened again, and what it had begun is waited for', async () => {
    const gate = join(directory, 'gate');
    await stage('#!/bin/sh\necho x >>"$2/effects"\nwhile [ ! -e "$gate" ]; do sleep 0.1; done\n', numbered(6, { gate }));
    const runner = launch();
    await vi.waitFor(() => expect(entries('started')).toHaveLength(2), 20_000);
    await vi.waitFor(() => expect(parents(batch)).toHaveLength(2), 20_000);
    for (const slot of parents(batch)) process.kill(slot, 'SIGKILL');
    writeFileSync(gate, '');
    await runner;
    expect(entries('lost')).toHaveLength(2);
    expect(entries('exited')).toHaveLength(4);
    for (const { number } of numbered(6)) expect(text(`output_0/${number}/effects`)).toBe('x\n');
    expect(journal().ended).toBe(true);
  });

  test('whichever of its processes are killed, and however often, no task is begun twice and each one comes to an end', async () => {
    const tasks = numbered(150);
    await stage('#!/bin/sh\necho x >>"$2/effects"\n', tasks);
    for (let kills = 0; !existsSync(join(batch, 'journal')) || !journal().ended; kills += 1) {
      const runner = launch(3);
      await new Promise((resolve) => setTimeout(resolve, (kills % 8) * 10)); // so that the kill meets it somewhere else
      const all = processesIn(directory).filter((pid) => pid !== process.pid);
      const victim = all[(kills * 7) % Math.max(1, all.length)];
      if (victim !== undefined && kills < 40) kill(victim);
      else if (kills >= 40) await runner;
    }
    for (const { number } of tasks)
      if (existsSync(join(directory, `output_0/${number}/effects`)))
        expect(['', 'x\n'], 'empty if the payload itself was killed as it wrote').toContain(text(`output_0/${number}/effects`));
    const ends = new Set([...entries('exited'), ...entries('lost')].map(({ task }) => task));
    expect(ends.size).toBe(150);
    await vi.waitFor(() => expect(processesIn(directory)).toEqual([]), 20_000);
  });

  const forever = (line: string) => `#!/bin/sh\necho $$ >"$2/pid"\n${line}\nwhile :; do sleep 0.1; done\n`;
  const isThere = (pid: string) => existsSync(`/proc/${pid.trim()}`) && !/^State:\s+Z/m.test(read(`/proc/${pid.trim()}/status`));

  test('a task that takes longer than it may is ended and lost for that reason, also if it ignores being asked; others go on', async () => {
    const stubborn = forever('[ "$KILN_TASK" != 2 ] || exit 0; [ "$KILN_TASK" != 3 ] || trap "" TERM');
    await stage(stubborn, numbered(3));
    const began = Date.now();
    await launch(3, 1);
    expect(entries('exited')).toMatchObject([{ task: 2, code: 0 }]);
    expect(entries('lost').sort(byTask)).toMatchObject([
      { task: 1, why: 'TIME_LIMIT' },
      { task: 3, why: 'TIME_LIMIT' },
    ]);
    for (const number of [1, 3]) expect(isThere(text(`output_0/${number}/pid`))).toBe(false);
    expect(Date.now() - began).toBeGreaterThan(1000);
    expect(journal().ended).toBe(true);
  });

  test('what a task leaves running in its group when it is ended goes, too', async () => {
    await stage('#!/bin/sh\n(trap "" TERM; while :; do sleep 0.1; done) &\necho $! >"$2/child"\nwait\n', numbered(1));
    await launch(1, 1);
    expect(entries('lost')).toMatchObject([{ task: 1, why: 'TIME_LIMIT' }]);
    await vi.waitFor(() => expect(isThere(text('output_0/1/child'))).toBe(false), 20_000);
  });

  test.each(['runner', 'slot'])('a time limit counts from when the task was started, if the %s is killed meanwhile', async (which) => {
    await stage(forever(''), numbered(1));
    const runner = launch(1, 3);
    await vi.waitFor(() => expect(entries('started')).toHaveLength(1), 20_000);
    await vi.waitFor(() => expect(parents(batch)).toHaveLength(1), 20_000);
    if (which === 'runner') kill(runner.pid);
    else for (const slot of parents(batch)) kill(slot);
    await runner;
    if (which === 'runner') await launch(1, 3);
    expect(entries('lost').filter(({ task: number }) => number === 1)).toMatchObject([{ why: 'TIME_LIMIT' }]);
    expect(entries('started')).toHaveLength(1);
    await vi.waitFor(() => expect(isThere(text('output_0/1/pid'))).toBe(false), 20_000); // whoever inherits it has to bury it
    expect(journal().ended).toBe(true);
  });

  test('each attempt knows its number and has logs of its own; values of the last wave hold', async () => {
    const main = '#!/bin/sh\necho "attempt $KILN_ATTEMPT with $n"\necho trouble >&2\n';
    await stage(main, numbered(12, { n: 'old' }), 'execute-0-0-2');
    await stage(main, [task(12, { n: 'new' }, 3)], 'execute-0-0-10');
    await stage(main, numbered(3, { n: 'first' }), 'execute-0-0-0');
    writeFileSync(join(batch, 'tasks'), '1\n12\n');
    await launch();
    expect(text('logs/12.3.out')).toBe('attempt 3 with new\n');
    expect(text('logs/12.3.err')).toBe('trouble\n');
    expect(text('logs/1.out')).toBe('attempt 1 with old\n');
    expect(existsSync(join(directory, 'logs/12.out'))).toBe(false);
  });

  test('a task that was begun before a reboot is lost with that for its reason', async () => {
    await stage('#!/bin/sh\n:\n', numbered(2));
    writeFileSync(join(batch, 'claim.1'), `1 another-boot\n`);
    writeFileSync(join(batch, 'journal'), 'begin another-boot 100\nstarted 1 100\npid 1 1\n');
    await launch();
    expect(entries('lost')).toMatchObject([{ task: 1, why: 'REBOOTED' }]);
    expect(entries('exited')).toMatchObject([{ task: 2, code: 0 }]);
  });
});

function numbered(count: number, values: TaskInput['values'] = {}): TaskInput[] {
  return Array.from({ length: count }, (_, i) => task(i + 1, values));
}

function task(number: number, values: TaskInput['values'] = {}, attempt = 1): TaskInput {
  return { number, iteration: 0, values, input: null, attempt };
}

const byTask = (a: { task: number }, b: { task: number }) => a.task - b.task;

function found(program: string): string {
  try {
    return execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function link(bin: string, programs: Readonly<Record<string, string>>, tools: readonly string[]): void {
  for (const [name, target] of Object.entries(programs)) symlinkSync(target, join(bin, name));
  for (const tool of tools) symlinkSync(found(tool), join(bin, tool));
}

/** Processes that name the directory on their command line or in their environment. */
function processesIn(directory: string): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && (read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`)).includes(directory))
    .map(Number);
}

/** The slots: whoever is the parent of a task that runs. */
function parents(batch: string): number[] {
  const pids = read(join(batch, 'journal')).match(/(?<=^pid \d+ )\d+$/gm) ?? [];
  return pids.map((pid) => Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1]));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isNodeError(error, 'ESRCH')) throw error; // ESRCH: it has ended by itself
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
