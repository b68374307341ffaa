import { join } from 'node:path';
import { registerPlatform } from '@kiln/db/change-platform';
import { openDatabase } from '@kiln/db/connect';
import { type ListedMachine, noteMachines } from '@kiln/db/rented-machines';
import { users } from '@kiln/db/schema';
import { beat } from '@kiln/db/workers';
import { DEFAULT_SETTINGS } from '@kiln/domain';
import { faultProxy } from '@kiln/testing/fault-proxy';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startApi } from './server.ts';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';

/** What was scraped is told for seconds. */
const UNTIL_SEEN = { timeout: 30_000, interval: 500 };
const HOUR = 3600;
const ANN = 'Ann "the \\boss"\nO\'Neil';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

function get(token: string | null = api.token, url = api.api.url): Promise<Response> {
  return fetch(`${url}/metrics`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });
}

/** The status of a refusal, and its sentence. */
async function refusal(token: string | null, url?: string): Promise<[number, unknown]> {
  const response = await get(token, url);
  const { errors } = (await response.json()) as { errors: { message: string }[] }; // the form of all refusals
  return [response.status, errors[0]?.message];
}

/** Samples by name and labels, as `kiln_jobs status=active stage=wait`. Every line must be a comment or a sample, none may come twice. */
async function scrape(): Promise<Map<string, number>> {
  const response = await get();
  expect(response.status).toBe(200);
  const samples = new Map<string, number>();
  for (const line of (await response.text()).split('\n').filter((text) => text !== '' && !/^# (HELP|TYPE) [a-z0-9_]+ ./.test(text))) {
    const [, name, labels = '', value] = /^([a-z0-9_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? expect.unreachable(line);
    const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/g)];
    expect(pairs.map(([pair]) => pair).join('')).toBe(labels);
    const key = [name, ...pairs.map(([, label, text = '']) => `${label}=${unescaped(text)}`)].join(' ');
    expect(samples.has(key), key).toBe(false);
    samples.set(key, Number(value));
  }
  return samples;
}

const unescaped = (text: string) => text.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));

/** Those of one metric, without the `none` of fixed lists. */
async function told(name: string): Promise<Record<string, number>> {
  const all = [...(await scrape())].filter(([key, value]) => key.split(' ')[0] === name && value !== 0);
  return Object.fromEntries(all.map(([key, value]) => [key.slice(name.length).trim(), value]));
}

async function registerCloud(ownerId: string, name: string): Promise<void> {
  await registerPlatform(api.db, {
    ...{ ownerId, name, kind: 'cloud', connection: null, bucket: null, url: null, curator: null, cloud: null, maxNodes: 4 },
    ...{ settings: DEFAULT_SETTINGS, description: '', slots: null, sealedEnrolment: Buffer.from('sealed') },
  });
}

function machine(number: number, age: number, change: Partial<ListedMachine> = {}): ListedMachine {
  return { id: `id-${number}`, name: `pi7-${number}`, job: 'pi7', state: 'up', address: null, fault: null, age, ...change };
}

async function job(status: string, stage: string, more: { blocked?: object; since?: string } = {}): Promise<number> {
  await api.db.pool.query(`insert into connector_versions (hash, connector, archive) values ('v', 'c', '') on conflict do nothing`);
  const { rows } = await api.db.pool.query(
    `insert into jobs (owner_id, connector, version, platform, output_storage, parameters, progress, status, stage, blocked, round_since)
     values ($1, 'c', 'v', 'local', 'local', '{}', '{}', $2, $3, $4, coalesce($5, now())) returning id`,
    [api.administrator.id, status, stage, more.blocked ?? null, more.since ?? null],
  );
  return rows[0].id;
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

test('what is rented is told by platform and user, since when and at what price, and no longer than it is there', async () => {
  await api.someoneElse(ANN);
  const [ann] = await api.db.orm.select().from(users).where(eq(users.name, ANN));
  await registerCloud(api.administrator.id, 'sky');
  await registerCloud(ann?.id ?? '', 'heaven');
  const now = Date.now();
  await noteMachines(api.db, { platform: 'sky', pricePerHour: 0.5 }, [machine(1, 2 * HOUR)], now - 60_000);
  const more = [machine(1, 2 * HOUR), machine(2, HOUR, { state: 'coming' }), machine(3, 60, { state: 'failed' }), machine(4, 60)];
  await noteMachines(api.db, { platform: 'sky', pricePerHour: 0.25 }, more, now);
  await noteMachines(api.db, { platform: 'heaven', pricePerHour: null }, [machine(1, 3 * HOUR), machine(2, HOUR)], now);

  const samples = await scrape();
  const sky = `platform=sky user=${api.administrator.name}`;
  const heaven = `platform=heaven user=${ANN}`;
  const of = (name: string, labels: string) => samples.get(`kiln_rented_${name} ${labels}`);
  expect(['coming', 'up', 'failed'].map((state) => of('machines', `${sky} state=${state}`))).toEqual([1, 2, 1]);
  expect(['coming', 'up', 'failed'].map((state) => of('machines', `${heaven} state=${state}`))).toEqual([0, 2, 0]);
  expect([of('price_per_hour', sky), of('price_per_hour', heaven)]).toEqual([1.25, 0]);
  expect([of('machines_without_price', sky), of('machines_without_price', heaven)]).toEqual([0, 2]);
  expect(of('machine_age_seconds', sky)).toBeGreaterThanOrEqual(2 * HOUR);
  expect(of('machine_age_seconds', heaven)).toBeGreaterThanOrEqual(3 * HOUR);
  expect(of('machine_age_seconds', heaven)).toBeLessThan(4 * HOUR);
  expect(of('listed_age_seconds', sky)).toBeLessThan(HOUR);

  await api.db.pool.query(`update platforms set deleted_at = now() where name = 'sky'`); // what is rented there still costs
  await noteMachines(api.db, { platform: 'heaven', pricePerHour: null }, [], now + 1000);
  await expect
    .poll(async () => [...(await scrape()).keys()].filter((key) => key.startsWith('kiln_rented_')), UNTIL_SEEN)
    .toEqual([
      ...['coming', 'up', 'failed'].map((state) => `kiln_rented_machines ${sky} state=${state}`),
      ...['price_per_hour', 'machines_without_price', 'machine_age_seconds', 'listed_age_seconds'].map(
        (name) => `kiln_rented_${name} ${sky}`,
      ),
    ]);
});

test('jobs, tasks, platforms and workers are counted by their states, and the oldest trouble has its age', async () => {
  const active = await job('active', 'wait');
  await job('active', 'wait');
  const ended = await job('succeeded', 'destroy');
  await job('waiting', 'configure', { since: ago(HOUR) });
  await job('waiting', 'configure', { since: ago(2 * HOUR) });
  for (const age of [60, 3 * HOUR]) await job('blocked', 'create', { blocked: { code: 'CLOUD_UNAVAILABLE', since: ago(age) } });
  await job('blocked', 'execute', { blocked: { code: 'NO_WORKER', since: ago(-HOUR) } }); // by a clock that is ahead
  await api.db.pool.query(
    `insert into tasks (job_id, number, iteration, node, state, values)
     select job, n, 0, 'n', case when n <= 2 then 'running' else 'succeeded' end, '{}' from unnest($1::int[]) job, generate_series(1, 5) n`,
    [[active, ended]],
  );
  await api.db.pool.query(`update platforms set state = 'trouble' where name = 'local-cloud'`);
  await beat(api.db, { id: 'alive', host: 'here', pid: 1 });
  await beat(api.db, { id: 'dead', host: 'here', pid: 2 });
  await api.db.pool.query(`update workers set beat_at = now() + interval '1 hour' * case id when 'alive' then 1 else -1 end`);

  expect(await told('kiln_jobs')).toEqual({
    'status=active stage=wait': 2,
    'status=succeeded stage=destroy': 1,
    'status=waiting stage=configure': 2,
    'status=blocked stage=create': 2,
    'status=blocked stage=execute': 1,
  });
  expect(await told('kiln_tasks')).toEqual({ 'state=running': 2, 'state=succeeded': 3 });
  expect(await told('kiln_platforms')).toEqual({ 'state=ready': 1, 'state=trouble': 1 });
  expect(await told('kiln_workers')).toEqual({ '': 1 });
  expect(await told('kiln_blocked_jobs')).toEqual({ 'code=CLOUD_UNAVAILABLE': 2, 'code=NO_WORKER': 1 });
  const samples = await scrape();
  const age = (key: string) => Math.floor((samples.get(key) ?? Number.NaN) / HOUR);
  expect(age('kiln_waiting_job_age_seconds')).toBe(2);
  expect(age('kiln_blocked_job_age_seconds code=CLOUD_UNAVAILABLE')).toBe(3);
  expect(samples.get('kiln_blocked_job_age_seconds code=NO_WORKER')).toBe(0);
  expect(samples.get('kiln_platforms state=checking')).toBe(0);
  expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);

  await api.db.pool.query(`update jobs set status = 'failed', stage = 'destroy', blocked = null where status in ('blocked', 'waiting')`);
  await expect.poll(async () => (await scrape()).get('kiln_waiting_job_age_seconds'), UNTIL_SEEN).toBe(0);
  expect([...(await scrape()).keys()].filter((key) => key.startsWith('kiln_blocked_'))).toEqual([]);
  expect(await told('kiln_jobs')).toEqual({
    'status=active stage=wait': 2,
    'status=succeeded stage=destroy': 1,
    'status=failed stage=destroy': 5,
  });
});

test('metrics are for administrators; others are told what to do', async () => {
  const answered = await get();
  expect([answered.status, answered.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  const how = expect.stringContaining('`Authorization: Bearer kiln_…`');
  expect(await refusal(null)).toEqual([401, how]);
  expect(await refusal('kiln_wrong')).toEqual([401, how]);
  expect(await refusal(await api.someoneElse())).toEqual([403, how]);
});

test('however many ask, the database is asked once', async () => {
  const query = vi.spyOn(api.db.pool, 'query');
  const answers = await Promise.all(Array.from({ length: 30 }, async () => (await get()).status));
  expect(answers).toEqual(Array.from({ length: 30 }, () => 200));
  const measured = query.mock.calls.filter(([asked]) => JSON.stringify(asked).includes('rented_machines'));
  expect(measured).toHaveLength(1);
});

test('a database that is away, or silent, is told as such, until it is back', async () => {
  const there = new URL(api.db.url);
  const proxy = await faultProxy({ host: there.hostname, port: Number(there.port) });
  const through = new URL(there);
  through.host = `127.0.0.1:${proxy.port}`;
  const db = openDatabase(through.href);
  const other = await startApi({
    ...{ db, host: '127.0.0.1', port: 0, kilnHome: api.home, sandbox: false, log: pino({ level: 'silent' }) },
    ...{ dashboardDirectory: join(api.home, 'dashboard'), payloadFolders: [] },
  });
  const status = async () => (await get(api.token, other.url)).status;
  const away = () => refusal(api.token, other.url);
  try {
    expect(await status()).toBe(200);
    proxy.refuse();
    proxy.drop();
    expect(await away()).toEqual([503, 'The database does not answer; try again in a moment.']);
    await proxy.heal();
    await expect.poll(status, UNTIL_SEEN).toBe(200);
    proxy.blackhole();
    expect(await away()).toEqual([503, 'The database did not answer within 8 seconds; try again in a moment.']);
    await proxy.heal();
    await expect.poll(status, UNTIL_SEEN).toBe(200);
  } finally {
    await proxy.heal();
    await other.close();
    await db.close();
    await proxy.close();
  }
});
