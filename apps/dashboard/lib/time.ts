const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
const shortDate = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** `3 min ago`, `in 12 s`; older than a week, the date. */
export function ago(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000;
  if (Math.abs(seconds) < 2) return 'just now';
  if (seconds < -7 * 86_400) return shortDate.format(new Date(at));
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['s', 1];
  const words = `${Math.trunc(Math.abs(seconds) / size)} ${unit}`;
  return seconds < 0 ? `${words} ago` : `in ${words}`;
}

/** Date and time in the zone of the reader. */
export function localTime(at: string): string {
  return absolute.format(new Date(at));
}

export function clockTime(at: string): string {
  return clock.format(new Date(at));
}

/** `0.4 s`, `12 s`, `3 min 05 s`, `2 h 14 min`, `3 d 4 h`. */
export function duration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = count / 1000;
  let at = 0;
  while (value >= 999.5 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[at]}`;
}

const integer = new Intl.NumberFormat('en');

export function number(value: number): string {
  return integer.format(value);
}

const price = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** In whatever currency: `0.02`, `1,200.5075`. */
export function money(value: number): string {
  return price.format(value);
}

/** `1 task`, `2,000 tasks`. */
export function many(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}
