import { createHash } from 'node:crypto';
import { exchangeSignInToken } from '@kiln/db/accounts';
import type { Database } from '@kiln/db/connect';
import { type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import { createRateLimit } from './rate-limit.ts';
import type { SessionCookie } from './session.ts';

const form = z.object({ token: z.string().min(1).max(200), next: z.string().max(2000).optional() });

/**
 * The link that `kiln up` prints. Opening it changes nothing: programs that fetch links ahead must not use the token up.
 * The page that it shows sends the token on by itself.
 */
export function signIn(db: Database, cookie: SessionCookie): Router {
  const failures = createRateLimit(10, 10 * 60_000);
  const router = Router();

  router.get('/sign-in', (request, response) => {
    const { token, next } = request.query;
    show(response, 200, page({ token: text(token), next: text(next), send: typeof token === 'string' }));
  });

  router.post('/sign-in', urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
    const source = request.ip ?? '';
    if (failures.tooMany(source))
      return show(response, 429, page({ problem: 'Too many sign-ins failed; wait ten minutes, then try again.' }));
    const input = form.safeParse(request.body);
    const session = input.success ? await exchangeSignInToken(db, input.data.token.trim()) : null;
    if (session === null) {
      failures.failed(source);
      return show(
        response,
        401,
        page({
          problem: 'This sign-in link was used already or is older than a day. Run `kiln sign-in` or start Kiln again for a new one.',
        }),
      );
    }
    cookie.set(response, session);
    response.redirect(303, within(input.data?.next));
  });
  return router;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `next` if it stays on this site. */
function within(next: string | undefined): string {
  const here = 'http://here.invalid';
  if (!next?.startsWith('/') || !URL.canParse(next, here)) return '/';
  const url = new URL(next, here);
  return url.origin === here ? `${url.pathname}${url.search}${url.hash}` : '/';
}

const SEND = 'document.forms[0].submit();';
const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}input,button{font:inherit;padding:.4rem .6rem}input{width:100%;box-sizing:border-box;margin:.5rem 0}';
const POLICY = `default-src 'none'; script-src '${sha256(SEND)}'; style-src '${sha256(STYLE)}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`;

function sha256(source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`;
}

interface Shown {
  readonly token?: string;
  readonly next?: string;
  readonly problem?: string;
  readonly send?: boolean;
}

function page({ token = '', next = '', problem, send = false }: Shown): string {
  const field = send
    ? `<input type="hidden" name="token" value="${escaped(token)}">`
    : '<label>Token of the sign-in link <input name="token" required autofocus autocomplete="off"></label>';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in to Kiln</title><style>${STYLE}</style></head>
<body>
<main>
<h1>Sign in to Kiln</h1>
${problem ? `<p role="alert">${escaped(problem)}</p>` : ''}
<form method="post" action="/sign-in">
${field}
<input type="hidden" name="next" value="${escaped(next)}">
<button>Sign in</button>
</form>
</main>
${send ? `<script>${SEND}</script>` : ''}
</body>
</html>
`;
}

function escaped(value: string): string {
  return value.replaceAll(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function show(response: Response, status: number, html: string): void {
  response.status(status).set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-store' }).type('html').send(html);
}
