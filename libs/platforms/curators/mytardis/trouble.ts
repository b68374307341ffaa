import { type CuratorAddress, KnownError } from '@kiln/domain';
import type { Answer } from './http.ts';

/** What MyTardis would not do, as an error with advice. All of it may pass: somebody can mend it there. */
export function refused({ url, user }: CuratorAddress, { status, text }: Answer, what: string): KnownError {
  if (status === 401 || status === 403) {
    const advice = 'change the password or key on its page, or ask who looks after it for permission';
    return new KnownError('LOGIN_REFUSED', `${url} does not let ${user} do this (${what}): ${advice}.`, { retryable: true });
  }
  if (status >= 500 || status === 429) {
    return new KnownError('PLATFORM_UNAVAILABLE', `${url} is in trouble: it answered ${status} to ${what}.`, { retryable: true });
  }
  return new KnownError('CURATOR_REFUSED', `${url} refused ${what} with ${status}${reasonOf(text)}`, { retryable: true });
}

/** Tastypie says why as JSON, Django as a page. */
function reasonOf(text: string): string {
  if (/^\s*</.test(text) || text.trim() === '') return '.';
  const line = text.replace(/\s+/g, ' ').trim();
  return `: ${line.length > 300 ? `${line.slice(0, 300)}…` : line}`;
}
