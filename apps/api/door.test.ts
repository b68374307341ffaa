import { once } from 'node:events';
import { request } from 'node:http';
import { createSignInToken } from '@kiln/db/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTestApi, type TestApi, takeUntil } from './testing/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

/** Node's fetch does not let a caller choose Host. */
async function statusFor(path: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  const call = request(new URL(path, api.api.url), { headers, method }).end();
  const [response] = await once(call, 'response');
  response.resume();
  return response.statusCode;
}

function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${api.api.url}${path}`, { method: 'POST', body, headers, redirect: 'manual' });
}

async function signIn(token: string, next = ''): Promise<Response> {
  return post('/sign-in', new URLSearchParams({ token, next }).toString(), { 'content-type': 'application/x-www-form-urlencoded' });
}

test('an anonymous call is refused with NOT_SIGNED_IN, whatever it asks, introspection too', async () => {
  for (const query of ['{ viewer { name } }', '{ __schema { types { name } } }', 'garbage']) {
    const { status, errors, data } = await api.call(query, {}, null);
    expect(status).toBe(401);
    expect(data).toBeUndefined();
    expect(errors?.[0]?.extensions.code).toBe('NOT_SIGNED_IN');
    expect(errors?.[0]?.message).toContain('kiln up');
  }
  expect((await api.call('{ viewer { name } }', {}, 'kiln_wrong')).status).toBe(401);
  expect(await statusFor('/graphql?query=%7Bviewer%7Bname%7D%7D', {})).toBe(401);
  expect(await statusFor('/files/jobs/1/output', {})).toBe(401);
});

test('a signed-in caller may introspect', async () => {
  const { data } = await api.call('{ __schema { queryType { name } } }');
  expect(data.__schema.queryType.name).toBe('Query');
});

test('the sign-in link is used up by sending it, not by opening it, and gives a session cookie', async () => {
  const token = await createSignInToken(api.db, api.administrator.id);
  for (const method of ['HEAD', 'GET', 'GET']) {
    const opened = await fetch(`${api.api.url}/sign-in?token=${token}`, { method });
    expect(opened.status).toBe(200);
    if (method === 'GET') expect(await opened.text()).toContain(token);
  }
  const response = await signIn(token, '/jobs/7?tab=log');
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe('/jobs/7?tab=log');
  const cookie = response.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Strict/);
  const session = cookie.split(';')[0] ?? '';
  const asked = await post('/graphql', JSON.stringify({ query: '{ viewer { administrator } }' }), {
    'content-type': 'application/json',
    cookie: session,
  });
  expect(await asked.json()).toEqual({ data: { viewer: { administrator: true } } });

  expect((await signIn(token)).status).toBe(401);
  expect((await signIn(session.split('=')[1] ?? '')).status).toBe(401);

  const out = await post('/graphql', JSON.stringify({ query: 'mutation { signOut }' }), {
    'content-type': 'application/json',
    cookie: session,
  });
  expect(out.headers.get('set-cookie')).toMatch(/Expires=Thu, 01 Jan 1970/);
  const after = await post('/graphql', JSON.stringify({ query: '{ viewer { name } }' }), {
    'content-type': 'application/json',
    cookie: session,
  });
  expect(after.status).toBe(401);
});

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '\t//evil.example'])(
  'a sign-in never leads to another site (%s)',
  async (next) => {
    const response = await signIn(await createSignInToken(api.db, api.administrator.id), next);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/');
  },
);

test('what is in a sign-in link cannot become part of the page', async () => {
  const page = await fetch(`${api.api.url}/sign-in?token=${encodeURIComponent('"><script>alert(1)</script>')}`);
  expect(await page.text()).not.toContain('<script>alert');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('a request for another host name is refused, so that a rebound name opens nothing', async () => {
  expect(await statusFor('/', { host: 'evil.example' })).toBe(421);
  expect(await statusFor('/graphql', { host: 'evil.example:80', authorization: `Bearer ${api.token}` }, 'POST')).toBe(421);
  expect(await statusFor('/sign-in', { host: 'localhost:4680' })).toBe(200);
  expect(await statusFor('/sign-in', { host: '[::1]:4680' })).toBe(200);
});

test('a change that another page sends is refused', async () => {
  const headers = { 'content-type': 'application/json', origin: 'https://evil.example', authorization: `Bearer ${api.token}` };
  expect((await post('/graphql', '{"query":"{viewer{name}}"}', headers)).status).toBe(403);
  const simple = await post('/graphql', '{"query":"{viewer{name}}"}', {
    'content-type': 'text/plain',
    authorization: `Bearer ${api.token}`,
  });
  expect(simple.status).toBe(400);
});

async function closing(url: string, options: object = {}): Promise<number | string> {
  const socket = new WebSocket(url, 'graphql-transport-ws', options);
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', (error) => resolve(error.message));
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.on('close', (code, reason) => resolve(`${code} ${reason}`));
  });
}

test('a WebSocket of another page, another host or another path is refused, an anonymous one closed', async () => {
  const url = `${api.api.url.replace('http', 'ws')}/graphql`;
  expect(await closing(url, { origin: 'https://evil.example' })).toBe(403);
  expect(await closing(url, { origin: 'http://127.0.0.1:1' })).toBe(403);
  expect(await closing(url, { headers: { host: 'evil.example' } })).toBe(403);
  expect(await closing(`${url}/other`)).toBe(404);
  expect(await closing(url)).toMatch(/^4401 NOT_SIGNED_IN/);
});

test('a revoked token ends the subscriptions that were opened by it', async () => {
  const { data } = await api.call('mutation { createApiToken(name: "short") { token apiToken { id name lastUsedAt } } }');
  const { token, apiToken } = data.createApiToken;
  expect(token).toMatch(/^kiln_[\w-]{43}$/);
  const listed = await api.call('{ apiTokens { id name } }');
  expect(listed.data.apiTokens).toContainEqual({ id: apiToken.id, name: 'short' });

  const client = api.socket(token);
  const ended = takeUntil(client.iterate({ query: 'subscription { jobsChanged { lastSeq } }' }), () => false).catch(
    (error: unknown) => error,
  );
  const opened = takeUntil<{ viewer: unknown }>(client.iterate({ query: '{ viewer { name } }' }), () => true);
  await opened;
  const revoked = await api.call('mutation ($id: ID!) { revokeApiToken(id: $id) }', { id: apiToken.id });
  expect(revoked.data.revokeApiToken).toBe(apiToken.id);
  expect(await ended).toMatchObject({ code: 4401 });
  expect((await api.call('{ viewer { name } }', {}, token)).status).toBe(401);
  const twice = await api.call('mutation ($id: ID!) { revokeApiToken(id: $id) }', { id: apiToken.id });
  expect(twice.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
});

test('every answer carries the headers that keep a browser safe', async () => {
  const { headers } = await fetch(`${api.api.url}/jobs`);
  expect(headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('same-origin');
  expect(headers.get('x-powered-by')).toBeNull();
});

test('the health of the server is told to everybody', async () => {
  expect(await (await fetch(`${api.api.url}/healthz`)).json()).toEqual({ ok: true });
});

// The last one: it uses up the failures that this address may have.
test('after ten failed sign-ins no further one is tried, be the token good or not', async () => {
  const good = await createSignInToken(api.db, api.administrator.id);
  let status = 401;
  for (let n = 0; n < 11 && status === 401; n += 1) ({ status } = await signIn('kiln_wrong'));
  expect(status).toBe(429);
  expect((await signIn(good)).status).toBe(429);
});
