import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kiln, type NewPlatform } from '@kiln/client/kiln';

export interface KilnUnderTest {
  /** Registers a platform and resolves when it is ready. */
  register(platform: NewPlatform): Promise<void>;
  /** Submits one job with so many tasks that do nothing and resolves when it has ended. */
  tasks(count: number, platform?: string): Promise<void>;
  /** Milliseconds from the end of each of so many tasks, by the clock of its machine, to a subscriber's event of it. */
  latencies(count: number, platform: string): Promise<readonly number[]>;
  /** MB */
  peakMemory(): number;
  stop(): Promise<void>;
}

/** Installs Kiln in an empty directory and starts it there, as `kiln up` does. */
export async function startKiln(home: string): Promise<KilnUnderTest> {
  // With `exec`, a task starts as many programs as it does in the peers: a shell for the line, and the line's.
  writeConnector(home, 'noop', 'Does nothing.', 'exec sh -c true');
  writeConnector(home, 'nap', 'Takes a moment.', 'exec sleep 0.25');
  const program = fileURLToPath(new URL('../../dist/kiln.js', import.meta.url));
  const server = spawn(process.execPath, [program, 'up', '--port', '0', '--home', home], { stdio: ['ignore', 'pipe', 'inherit'] });
  await said(server, 'Stop it with');
  const kiln = new Kiln(JSON.parse(readFileSync(join(home, 'cli.json'), 'utf8')));
  const submit = (connector: string, count: number, platform: string) =>
    kiln.submit(connector, { platform, sweep: { n: Array.from({ length: count }, (_, i) => i) } });
  return {
    async register(platform) {
      await kiln.platforms.register(platform);
      const { state, findings } = await kiln.platforms.checked(platform.name);
      if (state !== 'ready') throw new Error(findings.map(({ message }) => message).join(' '));
    },
    async tasks(count, platform = 'local') {
      const { id } = await submit('noop', count, platform);
      const { status } = await kiln.wait(id);
      if (status !== 'succeeded') throw new Error(`Job ${id} ${status}.`);
    },
    async latencies(count, platform) {
      const { id } = await submit('nap', count, platform);
      const seen = new Map<string, number>();
      for await (const { events } of kiln.watch(id)) {
        for (const { kind, subject, to } of events) if (kind === 'task' && to === 'succeeded') seen.set(subject, Date.now());
      }
      const found: number[] = [];
      for await (const { number, endedAt } of kiln.tasks(id))
        found.push((seen.get(String(number)) ?? Number.NaN) - Date.parse(endedAt ?? ''));
      return found;
    },
    peakMemory: () => Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024),
    async stop() {
      server.kill('SIGTERM');
      await new Promise((resolve) => server.once('exit', resolve));
    },
  };
}

function writeConnector(home: string, name: string, description: string, command: string): void {
  const folder = join(home, 'payloads', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'connector.yaml'), `description: ${description}\nrunsOn: unix\ncommand: ${command}\n`);
}

function said(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => String(chunk).includes(words) && resolve());
    child.once('exit', (code) => reject(new Error(`kiln up ended with ${code}`)));
  });
}
