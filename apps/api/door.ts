import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { refusal } from './errors.ts';

/** Which names this server answers to, and from which pages it takes calls. */
export interface Door {
  /** Against DNS rebinding: a page of another site cannot make its own name lead here. */
  hostIsOurs(request: IncomingMessage): boolean;
  /** A browser says which page calls; only our own may. Programs say nothing. */
  originIsOurs(request: IncomingMessage): boolean;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** `host` is the address listened on: a name, one address, or all of them. */
export function createDoor(host: string, publicUrl?: string): Door {
  const publicHost = publicUrl === undefined ? null : new URL(publicUrl);
  const names = new Set([...LOOPBACK, host.includes(':') ? `[${host}]` : host, ...(publicHost ? [publicHost.hostname] : [])]);
  return {
    hostIsOurs: ({ headers }) => names.has(parsed(`http://${headers.host ?? ''}`)?.hostname ?? ''),
    originIsOurs({ headers }) {
      if (headers.origin === undefined) return true;
      const host = parsed(headers.origin)?.host;
      return host !== undefined && (host === headers.host || host === publicHost?.host);
    },
  };
}

function parsed(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}

/** Lets in what is addressed to us, and changes only from our own pages. */
export function guard(door: Door): RequestHandler {
  return (request, response, next) => {
    if (!door.hostIsOurs(request)) {
      response
        .status(421)
        .json(refusal('FORBIDDEN', 'Kiln does not answer to this host name; start it with the public address that people use.'));
    } else if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method) && !door.originIsOurs(request)) {
      response.status(403).json(refusal('FORBIDDEN', 'Kiln takes calls of its own pages only, not of other sites.'));
    } else {
      next();
    }
  };
}

/** The page of Apollo Sandbox comes from elsewhere; the dashboard needs nothing but what is here. */
export function securityHeaders(sandbox: boolean): RequestHandler {
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return (request, response, next) => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('X-Frame-Options', 'DENY');
    response.setHeader('Referrer-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    if (!(sandbox && request.path === '/graphql')) response.setHeader('Content-Security-Policy', policy);
    next();
  };
}
