import { SYSTEM_PARAMETERS } from './connector.ts';
import { type Job, logPath } from './job.ts';
import { quote } from './quote.ts';
import type { TaskInput } from './site.ts';
import type { Value } from './sweep.ts';

export type Values = Readonly<Record<string, Value>>;

/** What a task sees of a job's parameters: those of its connector, not those of Kiln. */
export function ownParameters({ parameters, point }: Pick<Job, 'parameters' | 'point'>): Values {
  const kilns: readonly string[] = SYSTEM_PARAMETERS;
  return Object.fromEntries(
    Object.entries({ ...point, ...parameters }).flatMap(([name, value]) =>
      typeof value === 'object' || kilns.includes(name) ? [] : [[name, value]],
    ),
  );
}

/** The text of a task's `values.json`. */
export function valuesJson(parameters: Values, { number, values }: Pick<TaskInput, 'number' | 'values'>): string {
  return `${JSON.stringify({ ...parameters, ...values, run_counter: number }, null, 2)}\n`;
}

/** A task's line of a file in `.kiln/values/`. The runner reads lines: a line end within a value becomes a variable of it. */
export function valuesLine({ number, values, attempt }: Pick<TaskInput, 'number' | 'values' | 'attempt'>): string {
  const words = Object.entries(values).map(([name, value]) => ` ${name}=${quote(String(value)).replaceAll('\n', `'"$kiln_newline"'`)}`);
  const log = logPath(number, attempt, 'stdout')
    .replace(/^.*\//, '')
    .replace(/\.out$/, '');
  const commands = [
    ...(attempt > 1 ? [`KILN_ATTEMPT=${attempt} kiln_log=${log}`] : []),
    ...(words.length > 0 ? [`export${words.join('')}`] : []),
  ];
  return `${[number, commands.join('; ')].join(' ').trimEnd()}\n`;
}

/** Values as lines that a POSIX shell reads; names are identifiers, checked at submission. */
export function environment(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `export ${name}=${quote(String(value))}\n`)
    .join('');
}
