import { KnownError } from '@kiln/domain';
import { sentence } from '../sentence.ts';
import type { Answer, Asking } from './http.ts';
import { isPassing } from './http.ts';

/** Why there is an answer, and not what was asked for: with the cloud's own words, and what to do. */
export function refusal(asking: Asking, answer: Answer): KnownError {
  const { status } = answer;
  const { origin, pathname } = new URL(asking.url);
  // Policies, proxies and parts of a cloud that are away refuse what was allowed before: only what makes a machine or its address is refused for good.
  const retryable = !isMaking(asking);
  const said = wordsOf(answer) ?? `it answered ${status}`;
  if (status === 401) {
    return new KnownError('LOGIN_REFUSED', `${origin} does not accept Kiln's login: ${said} Give another one.`, {
      retryable: true,
    });
  }
  if (isPassing(status)) {
    return new KnownError('PLATFORM_UNAVAILABLE', `${origin} is in trouble or busy (${status} for ${pathname}): ${said}`, {
      retryable: true,
    });
  }
  if (status === 409 && isMaking(asking) && /quota/i.test(said)) return new KnownError('FORBIDDEN', `The cloud refuses (409): ${said}`);
  if (status === 409) return new KnownError('CONFLICT', `The cloud cannot do that now (409): ${said}`, { retryable: true });
  if (status >= 300 && status < 400) {
    return new KnownError('BAD_INPUT', `${origin} leads on to another address (${status} for ${pathname}); give that one for Keystone.`, {
      retryable,
    });
  }
  const code = status === 403 ? 'FORBIDDEN' : status === 404 ? 'NOT_FOUND' : 'BAD_INPUT';
  return new KnownError(code, `The cloud refuses (${status}): ${said}`, { retryable });
}

function isMaking({ method, url }: Asking): boolean {
  return method === 'POST' && /\/(servers|floatingips)$/.test(new URL(url).pathname);
}

/** Each service has its own form: `{"error": {message}}`, `{"badRequest": {message}}`, `{"NeutronError": {message}}`, `{message}`. */
function wordsOf({ body }: Answer): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const inner = [body, ...Object.values(body)].find((one) => typeof one === 'object' && one !== null && typeof one.message === 'string');
  const words = inner && 'message' in inner ? String(inner.message).replaceAll(/\s+/g, ' ').trim() : '';
  return words === '' ? null : sentence(words.slice(0, 500));
}
