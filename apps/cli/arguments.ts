import { seconds } from '@kiln/domain';
import { InvalidArgumentError, Option } from 'commander';

/** A job's or task's number. */
export function parseNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= 2_147_483_647) return number;
  throw new InvalidArgumentError('It is a whole number from 1.');
}

/** Iterations count from 0. */
export function parseIteration(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number from 0.');
}

/** Seconds, of a time such as 90m. */
export function parseTime(text: string): number {
  const time = seconds(text);
  if (time !== null) return time;
  throw new InvalidArgumentError('It is a time such as 90m, 4h or 1d.');
}

/** Of money, in whatever currency somebody counts. */
export function parseAmount(text: string): number {
  const amount = amountOf(text);
  if (amount !== null) return amount;
  throw new InvalidArgumentError('It is an amount of money such as 2 or 0.25.');
}

/** An amount that ends jobs when it is spent: never nothing. */
export function parseLimit(text: string): number | 'none' {
  if (text === 'none') return text;
  const amount = amountOf(text);
  if (amount !== null && amount > 0) return amount;
  throw new InvalidArgumentError('It is an amount of money such as 50 or 2.50, or none.');
}

/** So many digits that they are no finite number are none. */
function amountOf(text: string): number | null {
  const amount = Number(text);
  return /^\d+(\.\d+)?$/.test(text) && Number.isFinite(amount) ? amount : null;
}

/** For options that may be given several times. */
export function collect(text: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), text];
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 1 to 65535; 0 takes a free one.');
}

export const urlOption = (): Option => new Option('--url <address>', 'where Kiln is (also KILN_URL)');
export const jsonOption = (): Option => new Option('--json', 'print JSON for programs, with the names of the API');
