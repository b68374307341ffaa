import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kiln } from '@kiln/client/kiln';

/**
 * Times no-op tasks in Kiln, every transition stored, beside GNU parallel and xargs with as many slots, in turn, in the same run.
 * usage: npm run bench [-- TASKS [ROUNDS]]
 */
const [tasks = 1000, rounds = 3] = process.argv.slice(2).map(Number);
const home = mkdtempSync(join(tmpdir(), 'kiln-bench-'));
const program = fileURLToPath(new URL('../dist/kiln.js', import.meta.url));

const folder = join(home, 'payloads', 'noop');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'connector.yaml'), 'description: Does nothing.\nrunsOn: unix\ncommand: sh -c true\n');

const server = spawn(process.execPath, [program, 'up', '--port', '0', '--home', home], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  await said(server, 'Stop it with');
  const kiln = new Kiln(JSON.parse(readFileSync(join(home, 'cli.json'), 'utf8')));
  await rate(() => inKiln(kiln, 10));
  const slots = String(availableParallelism());
  const numbers = Array.from({ length: tasks }, (_, i) => i + 1).join('\n');
  const peers: Record<string, () => Promise<void>> = {
    Kiln: () => inKiln(kiln, tasks),
    parallel: async () => void execFileSync('parallel', ['-j', slots, 'sh -c true #{}'], { input: numbers }),
    xargs: async () => void execFileSync('xargs', ['-P', slots, '-n', '1', 'sh', '-c', 'true'], { input: numbers }),
  };
  for (const [name, run] of Object.entries(peers)) console.log(name.padEnd(10), await rates(run));
  console.log('memory    ', `${peakMemory(server)} MB at most, of \`kiln up\` without Postgres`);
} finally {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  rmSync(home, { recursive: true, force: true });
}

async function inKiln(kiln: Kiln, count: number): Promise<void> {
  const { id } = await kiln.submit('noop', { sweep: { n: Array.from({ length: count }, (_, i) => i) } });
  const { status } = await kiln.wait(id);
  if (status !== 'succeeded') throw new Error(`Job ${id} ${status}.`);
}

async function rates(run: () => Promise<void>): Promise<string> {
  try {
    const all: number[] = [];
    for (let i = 0; i < rounds; i += 1) all.push(await rate(run));
    all.sort((a, b) => a - b);
    return `${all[Math.floor(all.length / 2)]} tasks/s (${all[0]}–${all.at(-1)} in ${rounds} rounds of ${tasks})`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'is not installed';
    throw error;
  }
}

async function rate(run: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await run();
  return Math.round(tasks / ((performance.now() - started) / 1000));
}

function said(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => String(chunk).includes(words) && resolve());
    child.once('exit', (code) => reject(new Error(`kiln up ended with ${code}`)));
  });
}

function peakMemory({ pid }: ChildProcess): number {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}
