import { MAX_TASKS, type Value } from '@kiln/domain';
import { CommandError } from './exit.ts';

const NUMBER = /^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * `var=1,2,3` as a parameter and its values. Numbers become numbers, other words stay text; `1:10` and `1:10:2` are
 * start:stop:step with the stop included; a JSON list (`name=["a,b","c"]`) is taken as it is.
 */
export function parseSweep(text: string): [name: string, values: Value[]] {
  const [name, list] = splitPair(text, '--sweep', 'var=1,2,3');
  return [
    name,
    list.trimStart().startsWith('[')
      ? fromJson(name, list)
      : list === ''
        ? []
        : list.split(',').flatMap((item) => values(name, item.trim())),
  ];
}

/** `key=value` at its first `=`. */
export function splitPair(text: string, what: string, example: string): [key: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1) throw new CommandError(`${what} takes name=value as in ${example}, not ${JSON.stringify(text)}.`);
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}

function values(name: string, item: string): Value[] {
  const parts = item.split(':');
  if ((parts.length === 2 || parts.length === 3) && parts.every((part) => NUMBER.test(part))) return range(name, item, parts.map(Number));
  return [NUMBER.test(item) ? Number(item) : item];
}

function range(name: string, item: string, [start = 0, stop = 0, given]: readonly number[]): number[] {
  const step = given ?? (stop < start ? -1 : 1);
  const count = Math.floor((stop - start) / step + 1e-9) + 1;
  if (step === 0 || count < 1 || Number.isNaN(count)) {
    throw new CommandError(`The range ${item} of ${name} has no values: write start:stop or start:stop:step.`);
  }
  if (count > MAX_TASKS) {
    throw new CommandError(
      `The range ${item} of ${name} has more than ${MAX_TASKS.toLocaleString('en-US')} values, the most that one job may sweep.`,
    );
  }
  const whole = Number.isInteger(start) && Number.isInteger(step);
  // Twelve digits hide what binary fractions add to 0.1 + 0.2 and keep what anybody types.
  return Array.from({ length: count }, (_, i) => (whole ? start + i * step : Number((start + i * step).toPrecision(12))));
}

function fromJson(name: string, text: string): Value[] {
  const list = parseJson(text, `The values of ${name}`);
  if (Array.isArray(list) && list.every(isValue)) return list;
  throw new CommandError(`The values of ${name} are a JSON list of texts, numbers, true and false, as in ["a,b","c"].`);
}

export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${what} are not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function isValue(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
