import { KnownError } from '@kiln/domain';
import type { WebAnswer } from './web.ts';

/** A server that is busy says at times when it wants to be asked again; milliseconds. */
export class Busy extends KnownError {
  constructor(
    message: string,
    readonly wait: number | null,
  ) {
    super('PLATFORM_UNAVAILABLE', message, { retryable: true });
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-status-codes */
const MISSING = [404, 410, 414];
const BUSY = [408, 425, 429];

export function isMissing({ status }: Pick<WebAnswer, 'status'>): boolean {
  return MISSING.includes(status);
}

/** Why there is an answer, and not what was asked for, as an error with advice. Only trouble that the server says to have may pass. */
export function refusal({ status, headers, url }: WebAnswer): KnownError {
  const place = `${url.origin}${url.pathname}`; // what follows may be a secret that somebody was led on with
  if (status === 401 || status === 407) {
    return new KnownError(
      'LOGIN_REFUSED',
      `${place} is not given without a login that is known there (${status}): give another one on its page.`,
    );
  }
  if (status === 403) {
    const advice = 'ask who looks after it for permission, or give another login on its page';
    return new KnownError('LOGIN_REFUSED', `${place} may not be read (403): ${advice}.`);
  }
  if (isMissing({ status })) return new KnownError('NOT_FOUND', `There is nothing at ${place} (${status}).`);
  if (status >= 500 || BUSY.includes(status)) {
    const wait = waitOf(headers['retry-after']);
    const when = wait === null ? '' : ` and wants to be asked again in ${Math.ceil(wait / 1000)} s`;
    return new Busy(`${url.origin} is in trouble or busy: it answered ${status} for ${place}${when}.`, wait);
  }
  return new KnownError('BAD_INPUT', `${place} cannot be read: the server answered ${status}.`);
}

/** Seconds, or a date. */
function waitOf(told: string | undefined): number | null {
  if (told === undefined) return null;
  const wait = /^\d{1,9}$/.test(told) ? Number(told) * 1000 : Date.parse(told) - Date.now();
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

/** Of whatever is not there. */
export function nothingAt(path: string, what = 'file'): KnownError {
  return new KnownError('NOT_FOUND', `There is no ${what} “${path}”.`);
}
