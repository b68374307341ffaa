import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

/** Keeps a worker process alive: one that dies is started again, until `stop`. */
export function superviseWorker(url: string, home: string) {
  let stopped = false;
  let deaths = 0;
  let current: ChildProcess;
  const start = () => {
    current = spawn(process.execPath, ['--import', 'tsx', PROGRAM, url, home], { stdio: ['ignore', 'ignore', 'inherit'] });
    current.once('exit', () => {
      deaths += 1;
      if (!stopped) start();
    });
  };
  start();
  return {
    deaths: () => deaths,
    kill: () => current.kill('SIGKILL'),
    async stop() {
      stopped = true;
      const ended = new Promise((resolve) => current.once('exit', resolve));
      if (current.exitCode === null && current.signalCode === null && current.kill('SIGKILL')) await ended;
    },
  };
}
