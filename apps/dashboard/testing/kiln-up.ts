import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../dist/kiln.js', import.meta.url));

/** The built Kiln, started as its users start it, in a home of its own. */
export async function kilnUp() {
  const home = await mkdtemp(join(tmpdir(), 'kiln-browser-'));
  const env: NodeJS.ProcessEnv = { ...process.env, KILN_HOME: home };
  for (const name of ['KILN_URL', 'KILN_TOKEN', 'DATABASE_URL']) delete env[name];
  const server = spawn(process.execPath, [PROGRAM, 'up', '--port', '0'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  server.stdout.on('data', (chunk) => {
    said += chunk;
  });
  server.stderr.on('data', (chunk) => {
    said += chunk;
  });
  while (!said.includes('Stop it with')) {
    if (server.exitCode !== null) throw new Error(`kiln up ended: ${said}`);
    await once(server.stdout, 'data');
  }

  /** Runs a command of the CLI to its end; gives what it printed. */
  const cli = (...args: string[]) => cliWith('', ...args);

  /** The same of one that reads `input`. */
  async function cliWith(input: string, ...args: string[]): Promise<string> {
    const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(input);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    await once(child, 'close');
    return output;
  }

  /** Makes a connector whose tasks run `main`. */
  async function connector(name: string, yaml: string, main: string): Promise<void> {
    const folder = join(home, 'payloads', name, 'process_payload');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'main.sh'), main);
    await chmod(join(folder, 'main.sh'), 0o755);
    await writeFile(join(folder, '..', 'connector.yaml'), yaml);
  }

  return {
    home,
    cli,
    cliWith,
    connector,
    url: JSON.parse(await readFile(join(home, 'cli.json'), 'utf8')).url as string, // written by `kiln up`
    signInLink: async () => /http\S+token=\S+/.exec(await cli('sign-in'))?.[0] ?? '',
    async close() {
      server.kill('SIGTERM');
      if (server.exitCode === null) await once(server, 'exit');
      await rm(home, { recursive: true, force: true });
    },
  };
}
