import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, multistream, pino } from 'pino';
import { LogFile } from './log-file.ts';

export interface Logs {
  readonly log: Logger;
  close(): void;
}

/**
 * What the servers do goes to `$KILN_HOME/logs/NAME.log`, one JSON object a line; with `verbose` also to standard error. A log that has
 * grown large is put aside, and removed after `keep` milliseconds; null is never.
 */
export function openLog(home: string, name: string, verbose: boolean, keep: number | null): Logs {
  const folder = join(home, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = new LogFile(join(folder, `${name}.log`), keep);
  const streams = verbose ? multistream([{ stream: file }, { stream: process.stderr }]) : file;
  const log = pino(
    {
      base: { process: name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.token', '*.password', '*.authorization'],
    },
    streams,
  );
  return { log, close: () => file.close() };
}
