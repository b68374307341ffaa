import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdir, open, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Value } from '@kiln/domain';
import { onTestFinished } from 'vitest';
import { loadFolder } from './load.ts';
import { temporary } from './sample-folder.ts';

const TOOLS = ['awk', 'cat', 'cp', 'cut', 'find', 'grep', 'ls', 'mkdir', 'mkfifo', 'mv', 'ps', 'rm', 'rmdir', 'sleep', 'tail', 'wc'];
const SHELLS: Readonly<Record<string, (bin: string) => Promise<void>>> = {
  bash: (bin) => link(bin, { sh: found('bash'), bash: found('bash') }),
  dash: (bin) => link(bin, { sh: found('dash') }),
  busybox: (bin) => link(bin, { ...Object.fromEntries(['sh', ...TOOLS].map((tool) => [tool, found('busybox')])), ps: found('ps') }),
};
/** What `sh` may be on a machine, as far as it is on this one. */
export const shells = Object.keys(SHELLS).filter((shell) => found(shell) !== '');

export interface Script {
  readonly pid: number;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** A node to which a connector's payload was brought. It has few programs besides one shell, and no make. */
export async function nodeWith(folder: string, shell = 'bash') {
  const root = await temporary();
  const [bin, directory] = [join(root, 'bin'), join(root, "the job's")];
  const { connector, archive } = await loadFolder(folder, join(root, 'cache'));
  for (const path of ['payload', 'logs', 'input_0', 'output_0', 'work']) await mkdir(join(directory, path), { recursive: true });
  const unpacked = promisify(execFile)('tar', ['-xzf', '-', '-C', join(directory, 'payload')]);
  unpacked.child.stdin?.end(await archive());
  await unpacked;
  await mkdir(bin);
  await SHELLS[shell]?.(bin);

  const setUp = async (task: number, values: Values) => {
    await mkdir(join(directory, `output_0/${task}`));
    await mkdir(join(directory, `input_0/${task}`));
    await writeFile(join(directory, `input_0/${task}/values.json`), JSON.stringify({ ...values, run_counter: task }));
    if (connector.payload.copied) await run('cp', ['-R', join(directory, 'payload/process_payload'), join(directory, `work/${task}`)]);
  };

  /** Starts a script as the runner does; task 0 is none. */
  async function start(script: string, task = 0, values: Values = {}): Promise<Script> {
    const [input, output, payload] = [`input_0/${task}`, `output_0/${task}`, 'payload'].map((path) => join(directory, path)) as Three;
    const work = task === 0 ? payload : connector.payload.copied ? join(directory, `work/${task}`) : output;
    const path = join(task === 0 ? payload : connector.payload.copied ? work : join(payload, 'process_payload'), script);
    const named = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
    const own = { KILN_TASK: String(task), KILN_ATTEMPT: '1', KILN_ITERATION: '0', KILN_JOB_DIRECTORY: `${directory}/`, PATH: bin };
    const logs = await Promise.all(['out', 'err'].map((name) => open(join(directory, `logs/${task}.${name}`), 'w')));
    const [stdout, stderr] = logs.map(({ fd }) => fd);
    const child = spawn('sh', [path, input, output], {
      cwd: work,
      env: { ...named, ...own },
      detached: true,
      stdio: ['ignore', stdout, stderr],
    });
    onTestFinished(() => endGroup(child.pid));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    for (const log of logs) await log.close();
    const log = (name: string) => readFile(join(directory, `logs/${task}.${name}`), 'utf8');
    return { pid: Number(child.pid), ended: ended.then(async (code) => ({ code, stdout: await log('out'), stderr: await log('err') })) };
  }

  return {
    directory,
    connector,
    setUp,
    start,
    run: async (script: string, task = 0, values: Values = {}) => (await start(script, task, values)).ended,

    /** Runs schedule.sh and main.sh for a task, which both must succeed. */
    async task(task: number, values: Values = {}): Promise<void> {
      await setUp(task, values);
      for (const script of connector.payload.schedule ? ['schedule.sh', 'main.sh'] : ['main.sh']) {
        const { code, stderr } = await (await start(script, task, values)).ended;
        if (code !== 0) throw new Error(`${script} exited with code ${code}: ${stderr}`);
      }
    },

    read: (path: string): Promise<string> => readFile(join(directory, path), 'utf8'),
  };
}

type Values = Readonly<Record<string, Value>>;
type Three = [string, string, string];

const run = promisify(execFile);

/** What a script has left in the background goes, too. */
function endGroup(leader: number | undefined): void {
  try {
    if (leader) process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

async function link(bin: string, programs: Readonly<Record<string, string>>): Promise<void> {
  const tools = Object.fromEntries(TOOLS.map((tool) => [tool, found(tool)]));
  for (const [name, target] of Object.entries({ ...tools, ...programs })) await symlink(target, join(bin, name));
}

function found(program: string): string {
  return execFileSync('sh', ['-c', `command -v ${program} || :`], { encoding: 'utf8' }).trim();
}
