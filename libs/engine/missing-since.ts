/** Milliseconds. Nobody pauses for so long between two looks: whoever did was asleep, or did not run. */
const ASLEEP = 10 * 60_000;

/**
 * Since when something cannot be reached, after another look in vain that began at `began`: time in which nobody looked does not count.
 * `last` is when the look before ended; times are ISO 8601, `began` is milliseconds since 1970.
 */
export function missingSince(since: string | null, last: string | null, began: number): string {
  const slept = last !== null && began - Date.parse(last) > ASLEEP;
  return since === null || slept ? new Date(began).toISOString() : since;
}
