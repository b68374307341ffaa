import { spawn } from 'node:child_process';

/** Runs a program to its end without holding this process up: connections that it keeps to Kiln would go stale unseen. */
export function run(
  command: string,
  args: readonly string[],
  { input = '', env = process.env }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['pipe', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}.`))));
    child.stdin.end(input);
  });
}
