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

/** Of what did not come to an answer. */
export function unreachable({ url }: CuratorAddress, error: unknown): KnownError {
  if (error instanceof KnownError) return error;
  const { code, words } = codeOf(error);
  const message = CERTIFICATES.test(code)
    ? `The certificate of ${url} is not trusted (${words}); let it show one of a known authority, or make its authority known to the worker with NODE_EXTRA_CA_CERTS.`
    : `${url} cannot be reached: ${words}.`;
  return new KnownError('PLATFORM_UNAVAILABLE', message, { retryable: true, cause: error });
}

const CERTIFICATES = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/;

function codeOf(error: unknown): { code: string; words: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]); // one for each address of a name
  if (!(error instanceof Error)) return { code: '', words: String(error) };
  return { code: 'code' in error ? String(error.code) : '', words: error.message.replace(/\.$/, '') };
}

/** Tastypie says why as JSON, Django as a page. */
function reasonOf(text: string): string {
  if (/^\s*</.test(text) || text.trim() === '') return '.';
  const line = text.replace(/\s+/g, ' ').trim();
  return `: ${line.length > 300 ? `${line.slice(0, 300)}…` : line}`;
}
