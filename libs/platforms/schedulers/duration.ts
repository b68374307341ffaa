/** Seconds as PBS and Grid Engine have them: `36:00:00`. */
export function clock(seconds: number): string {
  const two = (count: number) => String(count).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Seconds as Slurm has them: `1-12:00:00`. */
export function daysAndClock(seconds: number): string {
  return `${Math.floor(seconds / 86_400)}-${clock(seconds % 86_400)}`;
}

/** What schedulers print of a limit: `1-12:00:00`, `36:0:0`, `30:00` (minutes), `90` (seconds); null is none, or `infinite`, or not known. */
export function parseDuration(text: string): number | null {
  const match = /^(?:(\d+)-)?(?:(?:(\d+):)?(\d+):)?(\d+)(?:\.\d+)?$/.exec(text.trim());
  if (!match) return null;
  const [days, hours, minutes, seconds] = match.slice(1).map((digits) => Number(digits ?? 0));
  return (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}
