import { type Asker, createAsker } from '@kiln/db/asks';
import { seal } from '@kiln/db/sealing';
import { findSealingKey } from '@kiln/db/sealing-key';
import { type CloudKey, MOST_CHOICES } from '@kiln/domain';
import { CLOUD, OpenStackDouble } from '@kiln/platforms/testing/open-stack';
import { serveOpenStack } from '@kiln/platforms/testing/open-stack-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';
import { registered } from './testing/registered.ts';

const KEY: CloudKey = { kind: 'application-credential', id: 'i', secret: 'correct-horse' };

let kiln: Awaited<ReturnType<typeof installation>>;
let asker: Asker;
let double: OpenStackDouble;
let server: Awaited<ReturnType<typeof serveOpenStack>>;
beforeAll(async () => {
  kiln = await installation();
  await kiln.worker();
  asker = await createAsker(kiln.db);
});
beforeEach(async () => {
  await server?.close();
  double = new OpenStackDouble();
  server = await serveOpenStack(double);
});
afterAll(async () => {
  await server?.close();
  await asker?.close();
  await kiln?.close();
});

const place = () => ({ ...CLOUD, endpoint: `${server.url}/v3` });
async function look(cloud: ReturnType<typeof place> | { readonly platform: string } = place()) {
  const body = 'platform' in cloud ? {} : { body: seal(await findSealingKey(kiln.db), JSON.stringify(KEY)) };
  return (await asker.ask<'look-at-cloud'>({ kind: 'look-at-cloud', cloud }, { timeout: 60_000, ...body })).answer;
}

test('what a cloud has is told before it is a platform, and nothing of the question is kept', async () => {
  expect(await look()).toEqual({
    choices: {
      images: [
        { id: 'i1', name: 'debian-12' },
        { id: 'i2', name: 'twice' },
        { id: 'i3', name: 'twice' },
      ],
      sizes: [{ id: 'f1', name: 'small', cores: 2, memory: 2048 }],
      networks: [{ id: 'n1', name: 'private' }],
      floatingNetworks: [{ id: 'n2', name: 'public' }],
      zones: [{ id: 'nova', name: 'nova' }],
      regions: ['One'],
    },
    quota: { machines: 10, cores: null, memory: null },
    cut: [],
  });
  expect((await kiln.db.pool.query('select id from asks')).rows).toEqual([]);
  expect(double.calls.filter((call) => !call.startsWith('GET'))).toEqual(['POST /v3/auth/tokens']);
});

test('a cloud that is a platform is opened with what the platform is opened with, also if the last check failed', async () => {
  double.faults.push({ method: 'GET', path: /servers/, status: 403 });
  const { state } = await registered(kiln.db, kiln.user.id, { name: 'sky', kind: 'cloud', cloud: place(), enrolment: KEY });
  expect(state).toBe('trouble');
  expect((await look({ platform: 'sky' })).choices.images).toHaveLength(3);
  await expect(look({ platform: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a login that is refused and a cloud that is away are told', async () => {
  double.faults.push({ method: 'POST', path: /tokens/, status: 401, body: { error: { message: 'Unauthorized' } } });
  await expect(look()).rejects.toMatchObject({ code: 'LOGIN_REFUSED', message: expect.stringContaining('Unauthorized') });
  await expect(look({ ...place(), region: 'Two' })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('It has one in One.'),
  });
  await expect(look({ ...place(), endpoint: 'http://127.0.0.1:1/v3' })).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE' });
});

test('lists that are too long are cut, and names that nobody can write are told as ids', async () => {
  const images = Array.from({ length: MOST_CHOICES + 10 }, (_, i) => ({ id: `i${i}`, name: i === 0 ? 'two\nlines\0' : `image-${i}` }));
  double.faults.push({ method: 'GET', path: /images/, status: 200, body: { images } });
  const { choices, cut } = await look();
  expect(cut).toEqual(['images']);
  expect(choices.images).toHaveLength(MOST_CHOICES);
  expect(choices.images.slice(0, 2)).toEqual([
    { id: 'i0', name: 'i0' },
    { id: 'i1', name: 'image-1' },
  ]);
});
