import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jobDirectoriesOn, removeJobDirectory } from './orphans.ts';
import { localShell } from './shells/local.ts';

describe.each(['the tools of this machine', 'busybox'])('with %s', (tools) => {
  let root: string;
  let shell: ReturnType<typeof localShell>;
  let started: ChildProcess[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "kiln orphans' "));
    started = [];
    shell = localShell(tools === 'busybox' ? { PATH: busybox(join(root, '.bin')) } : process.env);
  });
  afterEach(() => {
    for (const child of started) child.kill('SIGKILL');
    rmSync(root, { recursive: true, force: true });
  });

  function make(name: string, file = 'output_0/1/n'): void {
    mkdirSync(join(root, name, file, '..'), { recursive: true });
    writeFileSync(join(root, name, file), 'x'.repeat(50_000));
  }
  const start = (name: string) =>
    started.push(spawn('sleep', ['600'], { env: { ...process.env, KILN_JOB_DIRECTORY: `${join(root, name)}/` } }));
  const names = async () => (await jobDirectoriesOn(shell, root)).map(({ name }) => name);

  test('what lies in a root is told with its size, its age and its processes', async () => {
    for (const name of ['pi7', 'pi77', 'model2-11', 'Data3', 'notes', '.hidden1', "it's4"]) make(name);
    writeFileSync(join(root, 'file5'), '');
    symlinkSync('/etc', join(root, 'link6'));
    const before = Math.floor(Date.now() / 1000) - 1000;
    for (const path of ['model2-11/output_0', 'model2-11']) utimesSync(join(root, path), before, before);
    for (const name of ['pi7', 'pi7', 'pi77']) start(name);
    const found = await jobDirectoriesOn(shell, root);
    expect(found.map(({ name, processes }) => [name, processes]).sort()).toEqual([
      ['model2-11', 0],
      ['pi7', 2],
      ['pi77', 1],
    ]);
    for (const { bytes } of found) expect(bytes).toBeGreaterThanOrEqual(50_000);
    expect(found.find(({ name }) => name === 'model2-11')?.modifiedAt).toBe(new Date(before * 1000).toISOString());
    expect(await jobDirectoriesOn(shell, join(root, 'none'))).toEqual([]);
  });

  test('a directory is removed with the processes that carry its mark, as often as that is asked', async () => {
    for (const name of ['pi7', 'pi77']) make(name);
    for (const name of ['pi7', 'pi77']) start(name);
    await removeJobDirectory(shell, root, 'pi7');
    expect(await names()).toEqual(['pi77']);
    expect(started.map(({ signalCode }) => signalCode)).toEqual(['SIGTERM', null]);
    await removeJobDirectory(shell, root, 'pi7');
  });

  test.each(['', '.', '..', '../x1', '/etc1', 'a/b1', '-rf1', 'pi', 'x\n1', 'Data3', 'a1;b2'])(
    '%j is no name of a directory to remove',
    async (name) => {
      await expect(removeJobDirectory(shell, root, name)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    },
  );

  test('what a link leads to stays', async () => {
    make('kept');
    symlinkSync(join(root, 'kept'), join(root, 'pi7'));
    await removeJobDirectory(shell, root, 'pi7');
    expect(existsSync(join(root, 'kept/output_0/1/n'))).toBe(true);
  });
});

function busybox(bin: string): string {
  mkdirSync(bin);
  execFileSync('busybox', ['--install', '-s', bin]);
  return bin;
}
