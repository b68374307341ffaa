import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi, takeUntil } from './testing/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${api.api.url}${path}`, { headers });

test('without a built dashboard the server says how to get one', async () => {
  const response = await get('/');
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('npm run build');
});

test('every address of the dashboard is its one page; assets are kept for good, what is missing is missing', async () => {
  const directory = join(api.payloads, '../dashboard');
  await mkdir(join(directory, 'assets'), { recursive: true });
  await writeFile(join(directory, 'index.html'), '<title>Kiln</title>');
  await writeFile(join(directory, 'favicon.svg'), '<svg/>');
  await writeFile(join(directory, 'assets/index-abc.js'), 'export {};');
  for (const path of ['/', '/jobs/12', '/connectors/pi?tab=form']) {
    const page = await get(path);
    expect(await page.text()).toBe('<title>Kiln</title>');
    expect(page.headers.get('cache-control')).toBe('no-cache');
  }
  const asset = await get('/assets/index-abc.js');
  expect(asset.headers.get('cache-control')).toContain('immutable');
  expect(asset.headers.get('content-type')).toContain('javascript');
  expect((await get('/assets/none.js')).status).toBe(404);
  expect((await get('/favicon.svg')).headers.get('content-type')).toContain('svg');
  expect(await (await get('/%2e%2e/payloads/pi/connector.yaml')).text()).not.toContain('runsOn');
});

test('without the sandbox, /graphql shows no page and is closed', async () => {
  expect((await get('/graphql', { accept: 'text/html' })).status).toBe(401);
});

test('with the sandbox, a browser gets its page at /graphql, and calls are as closed as without', async () => {
  const own = await startTestApi({ sandbox: true });
  const page = await fetch(`${own.api.url}/graphql`, { headers: { accept: 'text/html' } });
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toContain('html');
  expect((await own.call('{ viewer { name } }', {}, null)).status).toBe(401);
  expect((await fetch(`${own.api.url}/graphql?query={viewer{name}}`, { headers: { accept: 'text/html' } })).status).toBe(401);
  await own.close();
});

test('closing the server ends open subscriptions and what listens for them', async () => {
  const own = await startTestApi();
  const client = own.socket();
  const ended = takeUntil(client.iterate({ query: 'subscription { jobsChanged { lastSeq } }' }), () => false).catch(
    (error: unknown) => error,
  );
  await takeUntil(client.iterate({ query: '{ viewer { name } }' }), () => true);
  await own.api.close();
  await ended;
  await expect(fetch(`${own.api.url}/healthz`)).rejects.toThrow();
  await own.close();
});
