import { KnownError } from './errors.ts';
import type { Value } from './sweep.ts';

/** Values that can be had one by one: a range of a milliard numbers takes no room. */
export interface ValueList {
  readonly size: number;
  /** The value at `index`, from 0. */
  at(index: number): Value;
}

/** A number as people write it. */
export const NUMBER = /^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Values as people write them: `1, 2, "3", x, true` with their types, where quoted words and all that is no number, true or false are
 * text. `1:10` and `1:10:2` are start:stop:step with the stop included; `linspace(a, b, n)`, `logspace(a, b, n)` and `geomspace(a, b, n)`
 * are NumPy's, with both ends: n numbers from a to b, from 10ᵃ to 10ᵇ, and from a to b by a constant factor.
 * @throws KnownError BAD_INPUT with a sentence
 */
export function valuesFromText(text: string): ValueList {
  return joined(items(text).map(readItem));
}

export function listed(values: readonly Value[]): ValueList {
  // Only indices below the size are asked for.
  return { size: values.length, at: (index) => values[index] as Value };
}

/** `name(a, b, …)` with numbers; null if the text is nothing of the kind. */
export function readCall(text: string): { readonly name: string; readonly numbers: readonly number[] } | null {
  const found = /^([A-Za-z_]\w*)\s*\((.*)\)$/s.exec(text.trim());
  if (!found?.[1]) return null;
  const parts = (found[2] ?? '').split(',').map((part) => part.trim());
  if (!parts.every((part) => NUMBER.test(part))) return null;
  return { name: found[1], numbers: parts.map(Number) };
}

/** Twelve digits hide what binary fractions add to 0.1 + 0.2, and what machines differ by, and keep what anybody types. */
export function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

/** What is between commas, unless they are in quotes or brackets. */
function items(text: string): string[] {
  const words: string[] = text.match(/(?:"(?:[^"\\]|\\.)*"|\([^()]*\)|[^,"(]|\((?![^()]*\)))+|"/g) ?? [];
  if (words.includes('"')) throw new KnownError('BAD_INPUT', 'A quotation mark is not closed.');
  return words.map((word) => word.trim()).filter((word) => word !== '');
}

function readItem(item: string): ValueList {
  if (item.startsWith('"')) return listed([quoted(item)]);
  if (item === 'true' || item === 'false') return listed([item === 'true']);
  const parts = item.split(':').map((part) => part.trim());
  if ((parts.length === 2 || parts.length === 3) && parts.every((part) => NUMBER.test(part))) return range(item, parts.map(Number));
  const call = readCall(item);
  if (call) return spaced(item, call.name, call.numbers);
  return listed([NUMBER.test(item) ? Number(item) : item]);
}

function quoted(item: string): string {
  try {
    const value: unknown = JSON.parse(item);
    if (typeof value === 'string') return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new KnownError('BAD_INPUT', `${item} is not a quoted word: put a comma after it, or escape what is in it as in JSON.`);
}

function range(item: string, [start = 0, stop = 0, given]: readonly number[]): ValueList {
  const step = given ?? (stop < start ? -1 : 1);
  const size = Math.floor((stop - start) / step + 1e-9) + 1;
  if (step === 0 || !(size >= 1) || !Number.isSafeInteger(size)) {
    throw new KnownError('BAD_INPUT', `The range ${item} has no values: write start:stop or start:stop:step.`);
  }
  const whole = Number.isInteger(start) && Number.isInteger(step);
  return { size, at: (index) => (whole ? start + index * step : rounded(start + index * step)) };
}

function spaced(item: string, name: string, numbers: readonly number[]): ValueList {
  const [from = 0, to = 0, size = 0] = numbers;
  const between = SPACED[name];
  if (!between) {
    throw new KnownError(
      'BAD_INPUT',
      `There is no ${name}(…) for values: use ${Object.keys(SPACED).join(', ')}, or put the word in quotes.`,
    );
  }
  if (numbers.length !== 3 || !Number.isSafeInteger(size) || size < 1) {
    throw new KnownError('BAD_INPUT', `${item} needs three numbers, the last one whole: ${name}(first, last, how many).`);
  }
  const at = (index: number) => rounded(between(from, to, size === 1 ? 0 : index / (size - 1)));
  for (const end of [at(0), at(size - 1)]) {
    if (!Number.isFinite(end)) throw new KnownError('BAD_INPUT', `${item} leads to numbers that are too large, or to none.`);
  }
  return { size, at };
}

const SPACED: Readonly<Record<string, (from: number, to: number, part: number) => number>> = {
  linspace: (from, to, part) => from + (to - from) * part,
  logspace: (from, to, part) => 10 ** (from + (to - from) * part),
  geomspace: (from, to, part) => (from * to > 0 ? from * (to / from) ** part : Number.NaN),
};

function joined(lists: readonly ValueList[]): ValueList {
  if (lists.length === 1 && lists[0]) return lists[0];
  return {
    size: lists.reduce((sum, { size }) => sum + size, 0),
    at(index) {
      let rest = index;
      for (const list of lists) {
        if (rest < list.size) return list.at(rest);
        rest -= list.size;
      }
      throw new RangeError(`There is no value at ${index}.`);
    },
  };
}
