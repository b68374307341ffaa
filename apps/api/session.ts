import type { IncomingMessage } from 'node:http';
import { authenticate, type Caller } from '@kiln/db/accounts';
import type { Database } from '@kiln/db/connect';
import { KnownError } from '@kiln/domain';
import type { CookieOptions, Response } from 'express';

export const NOT_SIGNED_IN = 'Sign in with the link that `kiln up` printed, or pass an API token.';
const THIRTY_DAYS = 30 * 24 * 60 * 60 * 1000;

/** The session cookie. Cookies know no ports: its name has ours, so that two Kilns on one machine do not sign each other out. */
export interface SessionCookie {
  set(response: Response, token: string): void;
  clear(response: Response): void;
  read(request: IncomingMessage): string | null;
}

export function sessionCookie(port: number, secure: boolean): SessionCookie {
  const name = `kiln_session_${port}`;
  const options: CookieOptions = { httpOnly: true, sameSite: 'strict', secure, path: '/' };
  return {
    set: (response, token) => response.cookie(name, token, { ...options, maxAge: THIRTY_DAYS }),
    clear: (response) => response.clearCookie(name, options),
    read({ headers }) {
      const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
      return pairs.find(([key]) => key === name)?.[1] ?? null;
    },
  };
}

/** Who calls: by `Authorization: Bearer …`, else by the cookie. @throws KnownError NOT_SIGNED_IN */
export async function callerOf(db: Database, authorization: unknown, cookie: string | null): Promise<Caller> {
  const bearer = typeof authorization === 'string' ? authorization.replace(/^Bearer\s+/i, '').trim() : null;
  const raw = bearer ?? cookie;
  const caller = raw ? await authenticate(db, raw) : null;
  if (!caller) throw new KnownError('NOT_SIGNED_IN', NOT_SIGNED_IN);
  return caller;
}
