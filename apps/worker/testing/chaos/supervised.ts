import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';

export interface Supervised {
  pid(): number | undefined;
  /** SIGKILL; false if it is not alive just now. */
  kill(): boolean;
  stop(): Promise<void>;
}

/** Milliseconds before a program that ended by itself is started again: what it needs may be away. */
const PAUSE = 200;

/** Keeps a program alive until `stop`: whatever ends it, it is started again. What it says goes to the file `log`. */
export async function supervise(argv: readonly string[], environment: NodeJS.ProcessEnv, log: string): Promise<Supervised> {
  const output = await open(log, 'a');
  let stopped = false;
  let current: ChildProcess | undefined;
  let over = Promise.resolve();

  function start(): void {
    const [file = '', ...args] = argv;
    const child = spawn(file, args, { stdio: ['ignore', output.fd, output.fd], env: environment });
    current = child;
    over = new Promise((resolve) => {
      child.once('exit', (_code, signal) => {
        current = undefined;
        resolve();
        if (!stopped) setTimeout(() => stopped || start(), signal === 'SIGKILL' ? 0 : PAUSE);
      });
    });
  }
  start();
  return {
    pid: () => current?.pid,
    kill: () => current?.kill('SIGKILL') ?? false,
    async stop() {
      stopped = true;
      current?.kill('SIGKILL');
      await over;
      await output.close();
    },
  };
}
