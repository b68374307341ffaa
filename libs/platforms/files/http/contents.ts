import { KnownError } from '@kiln/domain';
import { modifiedAt, neededSize, needFile, rangeOf } from './files.ts';
import { Busy } from './trouble.ts';
import type { Web, WebAnswer } from './web.ts';

/** Milliseconds between tries that follow one another without a byte. */
const PAUSES = [500, 1000, 2000, 4000, 8000];
/** A server that wants to be left alone for longer has the job wait in place of the connection. */
const LONGEST_WAIT = 60_000;

export interface Contents {
  readonly size: number;
  readonly modifiedAt: string | null;
  /** As many bytes as `size` says, or it throws. Where the connection is cut they go on, if the server can tell that it is the same file. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

export async function contentsOf(web: Web, path: string): Promise<Contents> {
  const first = await patiently(web, async () => {
    const answer = await web.ask(path);
    try {
      needFile(answer, path);
      if (answer.status === 206 && rangeOf(answer)?.start !== 0) {
        throw new KnownError('BAD_INPUT', `${web.base.origin} gives “${path}” without its beginning, though nobody asked for a part.`);
      }
      return { answer, size: neededSize(answer, path) };
    } catch (error) {
      answer.drop();
      throw error;
    }
  });
  return { size: first.size, modifiedAt: modifiedAt(first.answer), bytes: bytesOf(web, path, first.answer, first.size) };
}

/** The same work again after trouble that may pass, for a while. */
export async function patiently<T>(web: Web, work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      await web.pause(pauseAfter(error, tries));
    }
  }
}

/** @throws `error` if another try is not worth while */
function pauseAfter(error: unknown, tries: number): number {
  const pause = PAUSES[tries];
  const wait = error instanceof Busy ? error.wait : null;
  if (!(error instanceof KnownError) || !error.retryable || pause === undefined || (wait ?? 0) > LONGEST_WAIT) throw error;
  return Math.max(pause, wait ?? 0);
}

async function* bytesOf(web: Web, path: string, first: WebAnswer, size: number): AsyncIterable<Uint8Array> {
  const validator = validatorOf(first);
  let answer: WebAnswer | null = first;
  let offset = 0;
  try {
    for (let tries = 0; offset < size; tries += 1) {
      try {
        answer ??= await rest(web, path, offset, { size, validator, first });
        for await (const piece of answer.body) {
          tries = 0;
          yield piece.subarray(0, size - offset);
          offset += piece.length;
        }
        if (offset < size) throw web.trouble(new Error(`“${path}” came only in part`));
      } catch (error) {
        answer?.drop();
        answer = null;
        if (validator === null || error instanceof Changed) throw error;
        await web.pause(pauseAfter(error, tries));
      }
    }
  } finally {
    answer?.drop();
  }
}

class Changed extends KnownError {
  constructor(path: string) {
    super('PLATFORM_UNAVAILABLE', `“${path}” changed while it was read, or the server gives no parts of it; Kiln reads it again.`, {
      retryable: true,
    });
  }
}

interface Known {
  readonly size: number;
  readonly validator: string | null;
  readonly first: WebAnswer;
}

/** From `offset` on. https://www.rfc-editor.org/rfc/rfc9110#name-if-range; servers that do not know it are found out by what they tell. */
async function rest(web: Web, path: string, offset: number, { size, validator, first }: Known): Promise<WebAnswer> {
  const answer = await web.ask(path, { headers: { range: `bytes=${offset}-`, ...(validator !== null && { 'if-range': validator }) } });
  const range = answer.status === 206 ? rangeOf(answer) : null;
  const same = (name: 'etag' | 'last-modified') => (answer.headers[name] ?? first.headers[name]) === first.headers[name];
  if (range && range.start === offset && range.total === size && same('etag') && same('last-modified')) return answer;
  answer.drop();
  if (answer.status === 200 || answer.status === 206 || answer.status === 412 || answer.status === 416) throw new Changed(path);
  needFile(answer, path);
  return answer;
}

/** What tells one version of a file from another; null if nothing does, or the server gives no parts. */
function validatorOf({ headers }: WebAnswer): string | null {
  const { etag, date, 'last-modified': modified, 'accept-ranges': ranges } = headers;
  if (ranges?.toLowerCase() === 'none') return null;
  if (etag?.startsWith('"')) return etag;
  // A time tells only if the file did not change within the second in which it was read.
  return modified !== undefined && date !== undefined && Date.parse(date) - Date.parse(modified) >= 1000 ? modified : null;
}
