/** Milliseconds. Nobody pauses for so long between two looks: whoever did was asleep, or did not run. */
const ASLEEP = 10 * 60_000;

/**
 * Since when something cannot be reached, after another look in vain at `now`: time in which nobody looked does not count. `last` is when
 * somebody looked before; times are ISO 8601, `now` is milliseconds since 1970.
 */
export function missingSince(since: string | null, last: string | null, now: number): string {
  const slept = last !== null && now - Date.parse(last) > ASLEEP;
  return since === null || slept ? new Date(now).toISOString() : since;
}
