import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kiln } from '@kiln/client/kiln';

export interface KilnUnderTest {
  /** Submits one job with so many tasks that do nothing and resolves when it has ended. */
  tasks(count: number): Promise<void>;
  /** MB */
  peakMemory(): number;
  stop(): Promise<void>;
}

/** Installs Kiln in an empty directory and starts it there, as `kiln up` does. */
export async function startKiln(home: string): Promise<KilnUnderTest> {
  const folder = join(home, 'payloads', 'noop');
  mkdirSync(folder, { recursive: true });
  // With `exec`, a task starts as many programs as it does in the peers: a shell for the line, and the line's.
  writeFileSync(join(folder, 'connector.yaml'), 'description: Does nothing.\nrunsOn: unix\ncommand: exec sh -c true\n');
  const program = fileURLToPath(new URL('../../dist/kiln.js', import.meta.url));
  const server = spawn(process.execPath, [program, 'up', '--port', '0', '--home', home], { stdio: ['ignore', 'pipe', 'inherit'] });
  await said(server, 'Stop it with');
  const kiln = new Kiln(JSON.parse(readFileSync(join(home, 'cli.json'), 'utf8')));
  return {
    async tasks(count) {
      const { id } = await kiln.submit('noop', { sweep: { n: Array.from({ length: count }, (_, i) => i) } });
      const { status } = await kiln.wait(id);
      if (status !== 'succeeded') throw new Error(`Job ${id} ${status}.`);
    },
    peakMemory: () => Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024),
    async stop() {
      server.kill('SIGTERM');
      await new Promise((resolve) => server.once('exit', resolve));
    },
  };
}

function said(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => String(chunk).includes(words) && resolve());
    child.once('exit', (code) => reject(new Error(`kiln up ended with ${code}`)));
  });
}
