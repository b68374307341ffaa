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

const BATCH = 'execute-0-0/1';
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
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const env = () => ({ PATH: join(directory, 'bin'), HOME: directory });
  const journal = () => parseJournal(readFileSync(join(batch, 'journal')));
  const entries = (kind: string) => journal().entries.filter((entry) => entry.kind === kind);
  const text = (path: string) => readFileSync(join(directory, path), 'utf8');

  async function stage(main: string, tasks: readonly TaskInput[]) {
    writeFileSync(join(directory, 'payload/process_payload/main.sh'), main, { mode: 0o755 });
    const tar = spawn('tar', ['-xf', '-', '-C', directory]);
    for await (const piece of taskFiles(tasks, {})) tar.stdin.write(piece);
    tar.stdin.end();
    await new Promise((resolve) => tar.once('close', resolve));
    writeFileSync(join(batch, 'tasks'), tasks.map(({ number }) => `${number}\n`).join(''));
  }

  function launch(slots = 2): Promise<unknown> & { pid: number } {
    const runner = spawn(join(directory, 'bin/sh'), [join(directory, '.kiln/runner.sh'), directory, BATCH, 'main.sh', '0', String(slots)], {
      env: env(),
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    return Object.assign(new Promise((resolve) => runner.once('exit', resolve)), { pid: Number(runner.pid) });
  }

  test('a task gets its values, whatever they hold, and works where its output is', async () => {
    const word = `a 'b' "c" $(touch x) \`id\` \\ \\n \u0001\u007f ;|&\n\n-rf\t Áéü中\u0081🔥 `;
    await stage('#!/bin/sh\nprintf %s "$word" >word\nprintf %s "$fixed$n" >"$2/n"\n', [
      { number: 1, iteration: 0, values: { word, n: 2 } },
      { number: 2, iteration: 0, values: {} },
    ]);
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
  return Array.from({ length: count }, (_, i) => ({ number: i + 1, iteration: 0, values }));
}

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
