import type { Range } from './scheduler.ts';

/**
 * `3-9,15%4` of Slurm, `8-12:1` or `11,12` of Grid Engine, with or without brackets. What cannot be read is left out:
 * a list that was cut short (`1,3,5...`) still tells the rest.
 */
export function parseRanges(text: string): readonly Range[] {
  return text
    .replace(/[[\]]/g, '')
    .split(',')
    .flatMap((part) => {
      const match = /^\s*(\d{1,9})(?:-(\d{1,9})(?::(\d{1,9}))?)?\s*(?:%\d+\s*)?$/.exec(part);
      return match ? stepped(Number(match[1]), Number(match[2] ?? match[1]), Number(match[3] ?? 1)) : [];
    });
}

/** Kiln's own arrays have no steps; 10,000 is enough for a stranger's. */
const MOST_STEPS = 10_000;

function stepped(first: number, last: number, step: number): readonly Range[] {
  if (last < first) return [];
  if (step <= 1 || first === last) return [[first, last]];
  const count = Math.min(Math.floor((last - first) / step) + 1, MOST_STEPS);
  return Array.from({ length: count }, (_, index): Range => [first + index * step, first + index * step]);
}
