import { setTimeout as pause } from 'node:timers/promises';
import { KnownError } from '@kiln/domain';
import { unreachable } from '../../unreachable.ts';

export interface Asking {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Null if it is no JSON. */
  readonly body: unknown;
  /** Bytes of the body, as far as somebody has counted them. */
  readonly size?: number;
}

/** What asks; one try each. */
export type Ask = (asking: Asking, signal: AbortSignal) => Promise<Answer>;

/** Milliseconds for one answer: some clouds think for long before they make a machine. */
const PATIENCE = { GET: 30_000, POST: 90_000, DELETE: 30_000 };
/** Of an answer; a page of a list has at most a thousand entries. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Nothing came for too long. It is not asked again at once: the job waits, and not a worker that others need. */
class Silence extends Error {}

/** No redirects are followed: a token is for the server that was named. @throws KnownError if there is no answer */
export const ask: Ask = async ({ method, url, headers = {}, body }, signal) => {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE[method])]);
  try {
    const response = await fetch(url, {
      method,
      headers: { accept: 'application/json', ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: limit,
    });
    const text = await textOf(response);
    return { status: response.status, headers: response.headers, body: parsed(text), size: text.length };
  } catch (error) {
    signal.throwIfAborted();
    const { origin } = new URL(url);
    if (limit.aborted) throw unreachable(origin, new Silence(`it did not answer within ${PATIENCE[method] / 1000} s`));
    throw unreachable(origin, error instanceof TypeError && error.cause ? error.cause : error);
  }
};

async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > MOST_BYTES) throw new Error('the answer has more than 32 MiB');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Proxies in between answer in HTML.
  }
}

/** How often a question is asked that may be asked again, and how long it waits in between at most; milliseconds. */
const TRIES = 4;
const LONGEST = 20_000;

/** Asks again what may be asked again, ever later, or when the server wants to be: after trouble with the connection, 429 and 5xx. */
export async function askAgain(once: Ask, asking: Asking, signal: AbortSignal): Promise<Answer> {
  for (let tried = 1; ; tried += 1) {
    const answer = await once(asking, signal).catch((error: unknown) => {
      const silent = error instanceof KnownError && error.cause instanceof Silence;
      if (error instanceof KnownError && error.retryable && !silent && tried < TRIES) return null;
      throw error;
    });
    if (answer && !(isPassing(answer.status) && tried < TRIES)) return answer;
    const told = answer && waitOf(answer);
    if (told && told > LONGEST) return answer; // the job waits, not the worker
    await pause(told ?? 500 * 2 ** tried * (0.5 + Math.random() / 2), undefined, { signal });
  }
}

export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Milliseconds; null if nothing is said. Seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function waitOf({ headers }: Answer): number | null {
  const told = headers.get('retry-after');
  if (told === null) return null;
  const wait = /^\d{1,9}$/.test(told) ? Number(told) * 1000 : Date.parse(told) - Date.now();
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}
