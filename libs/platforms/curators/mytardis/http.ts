import { once } from 'node:events';
import { request as plain } from 'node:http';
import { request as encrypted } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { KnownError } from '@kiln/domain';

export interface Sending {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string | number>>;
  /** Its length is told in the header `content-length`, for servers that want to know it before. */
  readonly body?: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** Milliseconds without a sign of the other side. */
  readonly silence?: number;
}

export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
}

const SILENCE = 120_000;
/** Of an answer; nothing that is asked for has more. */
const MOST_BYTES = 32 * 1024 * 1024;

/** One request. Certificates are verified. @throws what Node does if the other side cannot be spoken to */
export async function send({ method, url, headers = {}, body, signal, silence = SILENCE }: Sending): Promise<Answer> {
  const request = (url.protocol === 'https:' ? encrypted : plain)(url, { method, headers: { ...headers }, signal });
  request.setTimeout(silence, () => request.destroy(new Error(`nothing was heard for ${silence / 1000} seconds`)));
  const answered: Promise<Readable & { statusCode?: number; headers: { location?: string } }> = once(request, 'response').then(
    ([response]) => response,
  );
  // Who refuses a file answers, and closes the connection, before all of it is sent.
  const sent = body ? pipeline(body, request) : Promise.resolve(request.end());
  const response = await Promise.race([answered, sent.then(() => answered)]).catch((error) => withAnswer(answered, error));
  sent.catch(() => undefined); // the answer counts
  return { status: response.statusCode ?? 0, location: response.headers.location ?? null, text: await textOf(response) };
}

/** An answer that came although not all was sent, or the reason why there is none. */
async function withAnswer<T>(answered: Promise<T>, error: unknown): Promise<T> {
  if (error instanceof KnownError) throw error;
  const none = new Promise<never>((_, reject) => setImmediate(() => reject(error)));
  return Promise.race([answered, none]);
}

async function textOf(response: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response) {
    size += piece.length;
    if (size > MOST_BYTES) throw new Error('the answer has more than 32 MiB');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
