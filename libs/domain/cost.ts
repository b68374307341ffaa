import type { Node } from './job.ts';

type Rented = Pick<Node, 'createdAt' | 'goneAt' | 'pricePerHour'>;

/** What machines have cost until `now`, in milliseconds since 1970, by the time for which they were there. */
export function costOf(nodes: readonly Rented[], now: number): number {
  return nodes.reduce((sum, { createdAt, goneAt, pricePerHour }) => {
    const until = goneAt === null ? now : Date.parse(goneAt);
    return sum + ((pricePerHour ?? 0) * Math.max(0, until - Date.parse(createdAt))) / 3_600_000;
  }, 0);
}

/** What those that are there cost in an hour. */
export function pricePerHourOf(nodes: readonly Rented[]): number {
  return nodes.reduce((sum, { goneAt, pricePerHour }) => sum + (goneAt === null ? (pricePerHour ?? 0) : 0), 0);
}

/** What the machines of a user may cost within `COST_DAYS` days, and do. */
export interface Budget {
  readonly limit: number;
  /** At the time of the look. */
  readonly spent: number;
  /** Of all that are there. */
  readonly perHour: number;
}

/** Days over which what a user spends is counted. */
export const COST_DAYS = 30;
