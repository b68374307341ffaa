import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';

/** How long what is not needed any more is kept; milliseconds, null is for ever. */
export interface Kept {
  /** Events of tasks and notes of jobs that have ended. */
  readonly events: number | null;
  /** What ended jobs have left on platforms. */
  readonly scratch: number | null;
  /** Server logs that were put aside. */
  readonly logs: number | null;
}

/** Milliseconds; infinite is for ever, since commander would make text of null. */
export interface RetentionFlags {
  readonly keepEvents?: number;
  readonly keepScratch?: number;
  readonly keepLogs?: number;
}

const DAY = 24 * 60 * 60 * 1000;
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY, w: 7 * DAY };
const DEFAULT: Kept = { events: null, scratch: 7 * DAY, logs: 30 * DAY };
const EXPECTED = 'It is a time such as 90d, 12h or 2w, or the word forever.';

/** Options of the commands that start a worker. */
export function addRetentionOptions(command: Command): Command {
  return command
    .addOption(ageOption('--keep-events <time>', 'events of tasks, from the end of their job on (also KILN_KEEP_EVENTS; default forever)'))
    .addOption(ageOption('--keep-scratch <time>', 'what ended jobs left on platforms (also KILN_KEEP_SCRATCH; default 7d)'))
    .addOption(keepLogsOption());
}

export const keepLogsOption = (): Option =>
  ageOption('--keep-logs <time>', 'server logs that were put aside (also KILN_KEEP_LOGS; default 30d)');

export function keptFrom(flags: RetentionFlags, { environment }: Context): Kept {
  const choose = (flag: number | undefined, variable: string, otherwise: number | null): number | null => {
    const text = environment[variable];
    const age = flag ?? (text ? fromEnvironment(variable, text) : otherwise);
    return age === Number.POSITIVE_INFINITY ? null : age;
  };
  return {
    events: choose(flags.keepEvents, 'KILN_KEEP_EVENTS', DEFAULT.events),
    scratch: choose(flags.keepScratch, 'KILN_KEEP_SCRATCH', DEFAULT.scratch),
    logs: choose(flags.keepLogs, 'KILN_KEEP_LOGS', DEFAULT.logs),
  };
}

function ageOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string) => {
    const age = ageOf(text);
    if (age === undefined) throw new InvalidArgumentError(EXPECTED);
    return age;
  });
}

function fromEnvironment(variable: string, text: string): number {
  const age = ageOf(text);
  if (age === undefined) throw new CommandError(`${variable} is ${JSON.stringify(text)}. ${EXPECTED}`);
  return age;
}

/** Milliseconds of `90d`, infinite for `forever`, undefined for anything else. */
function ageOf(text: string): number | undefined {
  if (text === 'forever') return Number.POSITIVE_INFINITY;
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const size = UNITS[unit];
  return count === undefined || size === undefined ? undefined : Number(count) * size;
}
