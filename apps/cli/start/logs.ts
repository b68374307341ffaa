import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, multistream, pino } from 'pino';
import { field } from './field.ts';

/** A log beyond this size is put aside as `NAME.log.1` at the next start. */
const ROTATE_AT = 20 * 1000 * 1000;

export interface Logs {
  readonly log: Logger;
  close(): void;
}

/** What the servers do goes to `$KILN_HOME/logs/NAME.log`, one JSON object a line; with `verbose` also to standard error. */
export function openLog(home: string, name: string, verbose: boolean): Logs {
  const folder = join(home, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${name}.log`);
  if (sizeOf(file) > ROTATE_AT) renameSync(file, `${file}.1`);
  const destination = pino.destination({ dest: file, mode: 0o600, sync: true });
  const streams = verbose ? multistream([{ stream: destination }, { stream: process.stderr }]) : destination;
  const log = pino(
    {
      base: { process: name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.token', '*.password', '*.authorization'],
    },
    streams,
  );
  return { log, close: () => destination.end() };
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    if (field(error, 'code') === 'ENOENT') return 0;
    throw error;
  }
}
