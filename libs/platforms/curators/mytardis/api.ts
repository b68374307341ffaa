import { type CuratorAddress, type CuratorKey, KnownError } from '@kiln/domain';
import { z } from 'zod';
import { unreachable } from '../../unreachable.ts';
import { type Answer, type Sending, send } from './http.ts';
import { refused } from './trouble.ts';

/** https://mytardis.readthedocs.io/en/develop/dev/api.html; the names are those of its resources. */
export type Resource = 'experiment' | 'dataset' | 'dataset_file' | 'schema' | 'user' | 'experimentparameterset' | 'datasetparameterset';

export interface ApiOptions {
  readonly address: CuratorAddress;
  readonly key: CuratorKey;
  readonly signal: AbortSignal;
  /** Milliseconds without a sign of MyTardis. */
  readonly silence?: number;
}

const PAGE = 200;

/** What is asked of a MyTardis and what it answers. Trouble that may pass, and refusals, are errors with advice. */
export class Api {
  constructor(private readonly options: ApiOptions) {}

  get address(): CuratorAddress {
    return this.options.address;
  }

  get signal(): AbortSignal {
    return this.options.signal;
  }

  /** One record; null if there is none, or none that this user may see. */
  async find<T>(resource: Resource, id: number, shape: z.ZodType<T>): Promise<T | null> {
    const answer = await this.exchange('GET', `${resource}/${id}/`);
    if (answer.status === 404) return null;
    return this.read(answer, `reading ${resource} ${id}`, 200, shape);
  }

  /** All records that the filters let through, a page after the other. */
  async *list<T>(resource: Resource, filters: Readonly<Record<string, string>>, shape: z.ZodType<T>): AsyncIterable<T> {
    const page = z.object({ meta: z.object({ total_count: z.number() }), objects: z.array(shape) });
    for (let offset = 0; ; offset += PAGE) {
      const query = new URLSearchParams({ ...filters, limit: String(PAGE), offset: String(offset) });
      const answer = await this.exchange('GET', `${resource}/?${query}`);
      const { meta, objects } = this.read(answer, `listing ${resource} records`, 200, page);
      yield* objects;
      if (offset + objects.length >= meta.total_count || objects.length === 0) return;
    }
  }

  /** Makes a record; resolves with its number. */
  async create(resource: Resource, record: object, what: string): Promise<number> {
    const text = Buffer.from(JSON.stringify(record));
    const headers = { 'content-type': 'application/json', 'content-length': text.length };
    return this.numberOf(await this.exchange('POST', `${resource}/`, headers, pieces(text)), what);
  }

  /** The same of a record with a file, of which `body` is a form. */
  upload(body: AsyncIterable<Uint8Array>, type: string, length: number): Promise<Answer> {
    return this.exchange('POST', 'dataset_file/', { 'content-type': type, 'content-length': length }, body);
  }

  async exchange(
    method: Sending['method'],
    path: string,
    headers: Sending['headers'] = {},
    body?: AsyncIterable<Uint8Array>,
  ): Promise<Answer> {
    const { address, signal, silence } = this.options;
    const url = new URL(`${address.url}/api/v1/${path}`);
    const all = { accept: 'application/json', authorization: this.authorization(), ...headers };
    try {
      const answer = await send({ method, url, headers: all, signal, ...(body && { body }), ...(silence && { silence }) });
      if (answer.status === 401 || answer.status >= 500 || answer.status === 429)
        throw refused(address, answer, `${method} ${url.pathname}`);
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(address.url, error);
    }
  }

  numberOf(answer: Answer, what: string): number {
    if (answer.status !== 201) throw refused(this.address, answer, what);
    const number = /\/(\d+)\/?$/.exec(answer.location ?? '')?.[1];
    if (number !== undefined) return Number(number);
    throw new KnownError('CURATOR_REFUSED', `${this.address.url} did not say where it keeps what was made by ${what}.`, {
      retryable: true,
    });
  }

  read<T>(answer: Answer, what: string, status: number, shape: z.ZodType<T>): T {
    if (answer.status !== status) throw refused(this.address, answer, what);
    try {
      return shape.parse(JSON.parse(answer.text));
    } catch (error) {
      const message = `${this.address.url} does not answer as MyTardis does when ${what}; is that its address?`;
      throw new KnownError('CURATOR_REFUSED', message, { retryable: true, cause: error });
    }
  }

  private authorization(): string {
    const { key, address } = this.options;
    if (key.kind === 'api-key') return `ApiKey ${address.user}:${key.secret}`;
    return `Basic ${Buffer.from(`${address.user}:${key.secret}`).toString('base64')}`;
  }
}

async function* pieces(...all: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* all;
}
