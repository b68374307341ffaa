import { MAX_TASKS, type Value } from '@kiln/domain';

const NUMBER = /^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export type SweepValues = { readonly values: readonly Value[] } | { readonly problem: string };

/**
 * `1, 2, "3", x, true` as values with their types: numbers, true and false are what they look like, quoted words and all
 * others are text. `1:10` and `1:10:2` are start:stop:step with the stop included.
 */
export function parseValues(text: string): SweepValues {
  const items = split(text);
  if (!items) return { problem: 'A quotation mark is not closed.' };
  const values: Value[] = [];
  for (const item of items) {
    const parsed = parseItem(item);
    if ('problem' in parsed) return parsed;
    values.push(...parsed.values);
    if (values.length > MAX_TASKS)
      return { problem: `These are more than ${MAX_TASKS.toLocaleString('en')} values, the most that a job may have.` };
  }
  return { values };
}

/** The text that `parseValues` turns back into `values`; long runs of whole numbers become a range. */
export function formatValues(values: readonly Value[]): string {
  return compress(values, formatItem).join(', ');
}

/** A single value as it would be typed. */
export function valueText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? formatValues([value])
    : JSON.stringify(value);
}

/** Whole runs such as 1, 2, 3, 4, 5 as `1:5`; everything else through `each`. */
export function compress(values: readonly Value[], each: (value: Value) => string): string[] {
  const words: string[] = [];
  for (let at = 0; at < values.length; ) {
    const length = runLength(values, at);
    const [first, second, last] = [values[at], values[at + 1], values[at + length - 1]];
    if (length >= 5) {
      const step = Number(second) - Number(first);
      words.push(step === 1 ? `${first}:${last}` : `${first}:${last}:${step}`);
      at += length;
    } else {
      if (first !== undefined) words.push(each(first));
      at += 1;
    }
  }
  return words;
}

function split(text: string): string[] | null {
  const items: readonly string[] = text.match(/"(?:[^"\\]|\\.)*"|[^,"]+|,|"/g) ?? [];
  if (items.includes('"')) return null;
  const words: string[] = [''];
  for (const item of items) {
    if (item === ',') words.push('');
    else words[words.length - 1] += item;
  }
  return words.map((word) => word.trim()).filter((word) => word !== '');
}

function parseItem(item: string): SweepValues {
  if (item.startsWith('"')) return quoted(item);
  if (item === 'true' || item === 'false') return { values: [item === 'true'] };
  const parts = item.split(':');
  if ((parts.length === 2 || parts.length === 3) && parts.every((part) => NUMBER.test(part.trim()))) return range(item, parts.map(Number));
  return { values: [NUMBER.test(item) ? Number(item) : item] };
}

function quoted(item: string): SweepValues {
  try {
    const value: unknown = JSON.parse(item);
    if (typeof value === 'string') return { values: [value] };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { problem: `${item} is not a quoted word: put a comma after it, or escape what is in it as in JSON.` };
}

function range(item: string, [start = 0, stop = 0, given]: readonly number[]): SweepValues {
  const step = given ?? (stop < start ? -1 : 1);
  const count = Math.floor((stop - start) / step + 1e-9) + 1;
  if (step === 0 || !(count >= 1)) return { problem: `The range ${item} has no values: write start:stop or start:stop:step.` };
  if (count > MAX_TASKS) return { problem: `The range ${item} has more than ${MAX_TASKS.toLocaleString('en')} values.` };
  const whole = Number.isInteger(start) && Number.isInteger(step);
  // Twelve digits hide what binary fractions add to 0.1 + 0.2 and keep what anybody types.
  return { values: Array.from({ length: count }, (_, i) => (whole ? start + i * step : Number((start + i * step).toPrecision(12)))) };
}

function formatItem(value: Value): string {
  if (typeof value !== 'string') return String(value);
  const plain = parseItem(value.trim());
  const same = 'values' in plain && plain.values.length === 1 && plain.values[0] === value && !/[",]/.test(value) && value.trim() !== '';
  return same ? value : JSON.stringify(value);
}

function runLength(values: readonly Value[], at: number): number {
  const [first, second] = [values[at], values[at + 1]];
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second) || first === second) return 1;
  const step = Number(second) - Number(first);
  let length = 2;
  while (typeof values[at + length] === 'number' && Number(values[at + length]) - Number(values[at + length - 1]) === step) length += 1;
  return length;
}
