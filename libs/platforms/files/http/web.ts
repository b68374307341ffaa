import { once, setMaxListeners } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request as plain } from 'node:http';
import { request as encrypted } from 'node:https';
import { isExposed, KnownError, type WebKey } from '@kiln/domain';
import { isNodeError } from '../../trouble.ts';
import { unreachable } from '../../unreachable.ts';
import { decoded } from './index-page.ts';

/** Milliseconds without a sign of the server. */
const SILENCE = 60_000;
const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
const AGENT = 'Kiln';

export interface WebAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Whence it came, after redirects. */
  readonly url: URL;
  /** The server leads on to the same path with a slash at its end, which is a directory. */
  readonly directory: boolean;
  /** Not what the content coding stands for, but the bytes as they are sent. Whoever does not read it to its end calls `drop`. */
  readonly body: AsyncIterable<Uint8Array>;
  drop(): void;
}

export interface Asking {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What is below an address of a web server, which is only read. Certificates are verified; the key is told to that server alone, wherever
 * it leads on to.
 */
export class Web {
  readonly base: URL;

  constructor(
    address: string,
    private readonly key: () => Promise<WebKey>,
    private readonly signal: AbortSignal,
    private readonly silence = SILENCE,
  ) {
    this.base = new URL(`${address}/`);
    this.base.pathname = this.base.pathname.replace(/^\/+/, '/'); // what begins with two names a host
    setMaxListeners(0, signal); // as many as there are requests at once
  }

  /** Of a path whose names are as people read them; half a surrogate pair becomes what it is in UTF-8. */
  address(path: string): URL {
    const names = path.split('/').map((name) => encodeURIComponent(Buffer.from(name).toString()));
    return new URL(`${this.base.pathname}${names.join('/')}`, this.base);
  }

  /** @throws KnownError if no answer came, or one leads where Kiln does not go */
  async ask(path: string, { method = 'GET', headers = {} }: Asking = {}): Promise<WebAnswer> {
    let url = this.address(path);
    for (let hops = 0; ; hops += 1) {
      const response = await this.send(method, url, headers);
      const { statusCode: status = 0, headers: told } = response;
      const next = REDIRECTS.includes(status) && told.location !== undefined ? this.next(url, told.location) : null;
      const directory = next !== null && addsSlash(url, next);
      const drop = () => void (method === 'HEAD' ? response.resume() : response.destroy()); // the connection to which nothing comes is kept
      if (!next || directory) return { status, headers: told, url, directory, body: this.heard(response), drop };
      drop();
      if (hops === MOST_REDIRECTS) throw astray(this.address(path), `leads on more than ${MOST_REDIRECTS} times`);
      url = next;
    }
  }

  trouble(error: unknown): KnownError {
    return unreachable(this.base.href, error);
  }

  /** Resolves after `milliseconds`. @throws KnownError if it is all broken off */
  async pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        reject(this.trouble(this.signal.reason));
      };
      const timer = setTimeout(() => {
        this.signal.removeEventListener('abort', stop);
        resolve();
      }, milliseconds);
      if (this.signal.aborted) stop();
      else this.signal.addEventListener('abort', stop, { once: true });
    });
  }

  private next(from: URL, location: string): URL {
    const next = URL.canParse(location, from.href) ? new URL(location, from) : null;
    if (!next || !/^https?:$/.test(next.protocol)) throw astray(from, 'leads on to what is no address of a web server');
    if (from.protocol === 'https:' && next.protocol === 'http:' && !addsSlash(from, next)) {
      throw astray(from, `leads on to ${next.origin}, which is not encrypted`);
    }
    return next;
  }

  private async send(method: string, url: URL, headers: Asking['headers'], again = false): Promise<IncomingMessage> {
    const authorization = url.origin === this.base.origin ? authorizationOf(await this.key(), url) : null;
    const told = { 'user-agent': AGENT, 'accept-encoding': 'identity', ...headers, ...(authorization && { authorization }) };
    const request = (url.protocol === 'https:' ? encrypted : plain)(url, { method, headers: told, signal: this.signal });
    request.on('error', () => undefined); // what comes after the answer is told by its body
    // Where the server changes to another protocol (101), Node tells of no answer and of no error.
    request.on('close', () => request.emit('error', new Error('the connection ended without an answer')));
    const late = setTimeout(() => request.destroy(this.silent()), this.silence);
    try {
      request.end();
      const [response] = (await once(request, 'response')) as [IncomingMessage]; // by its documentation
      response.on('error', () => undefined); // told to whoever reads it
      return response;
    } catch (error) {
      // The server closed a connection that was kept, just as it was taken for this.
      if (request.reusedSocket && !again && isNodeError(error, 'ECONNRESET', 'EPIPE')) return this.send(method, url, headers, true);
      throw this.trouble(error);
    } finally {
      clearTimeout(late);
    }
  }

  /** The time that whoever reads takes does not count. */
  private async *heard(response: IncomingMessage): AsyncIterable<Uint8Array> {
    const pieces: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
    try {
      for (;;) {
        const late = setTimeout(() => response.destroy(this.silent()), this.silence);
        const piece = await pieces.next().finally(() => clearTimeout(late));
        if (piece.done) return;
        yield piece.value;
      }
    } catch (error) {
      throw this.trouble(error);
    } finally {
      response.destroy();
    }
  }

  private silent(): Error {
    return new Error(`nothing was heard for ${this.silence / 1000} seconds`);
  }
}

/** However the names are encoded. */
function addsSlash(from: URL, to: URL): boolean {
  const names = (path: string) => path.split('/').map(decoded).join('\0');
  return names(to.pathname) === names(`${from.pathname}/`);
}

function astray(url: URL, why: string): KnownError {
  return new KnownError('BAD_INPUT', `${url.origin}${url.pathname} ${why}; register the address that it should lead to.`);
}

/** Over an open line, a secret is told only to this machine. */
function authorizationOf(key: WebKey, { origin }: URL): string | null {
  if (key.kind === 'open') return null;
  if (isExposed(origin)) {
    throw new KnownError(
      'LOGIN_REFUSED',
      `A password or token is not sent to ${origin}, which is not encrypted: register it with https://.`,
    );
  }
  return key.kind === 'token' ? `Bearer ${key.token}` : `Basic ${Buffer.from(`${key.user}:${key.password}`).toString('base64')}`;
}
