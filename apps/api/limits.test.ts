import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const nested = (depth: number): string => (depth === 0 ? 'name' : `ofType { ${nested(depth - 1)} }`);
const TOO_DEEP = `{ __type(name: "Job") { ${nested(14)} } }`;
const TOO_COSTLY = `{ ${Array.from({ length: 25 }, (_, n) => `a${n}: jobs(first: 500) { nodes { id status connector } }`).join(' ')} }`;
const TOO_MANY_ALIASES = `{ ${Array.from({ length: 200 }, (_, n) => `a${n}: viewer { name }`).join(' ')} }`;
const TOO_LONG = `{ ${'viewer { name } '.repeat(1000)} }`;
const TOO_MANY_DIRECTIVES = `{ viewer { name ${'@include(if: true) '.repeat(100)} } }`;
const REFUSED = { TOO_DEEP, TOO_COSTLY, TOO_MANY_ALIASES, TOO_LONG, TOO_MANY_DIRECTIVES, UNKNOWN: '{ nothing }', GARBAGE: '}{' };

test.each(Object.entries(REFUSED))('a document that is %s is refused over HTTP', async (_name, query) => {
  const { status, errors, data } = await api.call(query);
  expect(status).toBe(400);
  expect(data).toBeUndefined();
  expect(errors?.[0]?.extensions.code).toBe('BAD_INPUT');
});

test.each(Object.entries(REFUSED))('a document that is %s is refused over a WebSocket', async (_name, query) => {
  const client = api.socket();
  const refused = await client
    .iterate({ query })
    .next()
    .catch((error: unknown) => error);
  expect(refused).toHaveProperty('0.extensions.code', 'BAD_INPUT');
});

async function post(body: string | Buffer, type = 'application/json'): Promise<{ status: number; body: string }> {
  const response = await fetch(`${api.api.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': type, authorization: `Bearer ${api.token}` },
    body,
  });
  return { status: response.status, body: await response.text() };
}

test.each([
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '{"query": 7}',
  '{"query": "{ viewer { name } }", "variables": []}',
  '[{"query":"{ viewer { name } }"}]',
  '\u0000',
])('a body that is no request (%j) is answered with BAD_INPUT', async (body) => {
  const answer = await post(body);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body).errors[0].extensions.code).toBe('BAD_INPUT');
});

test('a body over 2 MB is not read', async () => {
  const { status, body } = await post(JSON.stringify({ query: '{ viewer { name } }', variables: { x: 'x'.repeat(3_000_000) } }));
  expect(status).toBe(400);
  expect(body).toContain('2 MB');
});

test('a variable of the wrong type is the fault of the caller', async () => {
  const { errors } = await api.call('query ($first: Int) { jobs(first: $first) { totalCount } }', { first: 'many' });
  expect(errors?.[0]?.extensions.code).toBe('BAD_INPUT');
});

test('an unexpected error is told by a reference alone, under which the log has the rest', async () => {
  await api.db.orm.execute('alter table presets rename to presets_away');
  const { errors } = await api.call('{ presets(connector: "pi") { id } }');
  await api.db.orm.execute('alter table presets_away rename to presets');
  const [error] = errors ?? [];
  expect(error?.extensions.code).toBe('INTERNAL');
  expect(JSON.stringify(error)).not.toContain('presets_away');
  expect(JSON.stringify(error)).not.toContain('select');
  const line = api.logged.find((text) => text.includes(error?.extensions.reference ?? 'nothing'));
  expect(line).toContain('stack');
});
