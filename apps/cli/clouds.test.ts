import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { OpenStackDouble } from '@kiln/platforms/testing/open-stack';
import { serveOpenStack } from '@kiln/platforms/testing/open-stack-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KilnProcess } from './testing/kiln-process.ts';

const SECRET = 'correct-horse';
const MACHINES = ['--image', 'debian-12', '--size', 'small', '--network', 'private', '--user', 'debian', '--source-range', '192.0.2.0/24'];

let kiln: KilnProcess;
let cloud: Awaited<ReturnType<typeof serveOpenStack>>;
let file: string;
beforeAll(async () => {
  cloud = await serveOpenStack(new OpenStackDouble());
  kiln = await KilnProcess.create();
  file = join(kiln.home, 'clouds.yaml');
  const auth = { auth_url: cloud.url, application_credential_id: 'i', application_credential_secret: SECRET };
  await writeFile(file, JSON.stringify({ clouds: { ours: { auth, region_name: 'One' } } }));
  await kiln.start(['up', '--port', '0']).says(/Ctrl-C/);
});
afterAll(async () => {
  await kiln?.dispose();
  await cloud?.close();
});

const shown = async (name: string) => JSON.parse((await kiln.run(['platform', 'show', name, '--json'])).out).cloud;

it('an OpenStack is registered with floating addresses and user data, told, and changed', async () => {
  const userData = join(kiln.home, 'cloud-config');
  await writeFile(userData, '#cloud-config\n');
  const add = ['platform', 'add', 'sky', '--kind', 'cloud', '--clouds-yaml', file, ...MACHINES, '--user-data', userData];
  const wrong = await kiln.run([...add, '--floating-network', 'private']);
  expect(wrong).toMatchObject({ code: 1, out: expect.stringContaining('The cloud has no floating network private. There is public.') });
  const ready = await kiln.run(['platform', 'update', 'sky', '--floating-network', 'public']);
  expect(ready).toMatchObject({ code: 0, out: expect.stringContaining('There is public.') });
  expect(await shown('sky')).toMatchObject({ region: 'One', floatingNetwork: 'public', userData: '#cloud-config\n', user: 'debian' });
  const { out } = await kiln.run(['platform', 'show', 'sky']);
  expect(out).toContain(`OpenStack at ${cloud.url}/v3, region One`);
  expect(out).toMatch(/Addresses: +floating, of public\n/);
  expect(out).toMatch(/User data: +14 bytes/);
  expect((await kiln.run(['platform', 'update', 'sky', '--user-data', '/dev/null', '--user', 'root'])).code).toBe(0);
  expect(await shown('sky')).toMatchObject({ userData: '', user: 'root' });

  const refused = async (...options: string[]) => (await kiln.run(['platform', 'update', 'sky', ...options])).err;
  expect(await refused('--floating-network', '')).toContain('for machines without, register another platform');
  expect(await refused('--region', 'Two', '--size', 'small')).toContain('Another cloud or region is another platform');
  expect(await refused('--access-key', 'AK')).toContain('give --clouds-yaml in place of --access-key');
  expect(await refused('--cloud', 'ours')).toContain('--cloud comes with --clouds-yaml');
  expect(await refused('--price-per-hour', '0,10')).toContain('It is an amount of money such as 2 or 0.25.');
  const compressed = join(kiln.home, 'cloud-config.gz');
  await writeFile(compressed, gzipSync('#cloud-config\n'));
  expect(await refused('--user-data', compressed)).toContain('The file of --user-data is no text in UTF-8');
  expect(await refused('--user-data', join(kiln.home, 'nowhere'))).toContain('The file of --user-data cannot be read');
});

it('an EC2 is registered with its region and the access key that opens it', async () => {
  const add = (...options: string[]) =>
    kiln.runWith(SECRET, ['platform', 'add', 'aws', '--kind', 'cloud', '--provider', 'ec2', ...MACHINES, ...options]);
  expect(await add('--clouds-yaml', file)).toMatchObject({ code: 2, err: expect.stringContaining('give --access-key in place of') });
  expect(await add('--access-key', 'AK')).toMatchObject({ code: 2, err: expect.stringContaining('Give --region') });
  expect(await add('--region', 'eu-central-1')).toMatchObject({ code: 2, err: expect.stringContaining('Give --access-key') });
  const where = ['--region', 'eu-central-1', '--endpoint', 'http://127.0.0.1:1'];
  const key = ['--access-key', 'AK', '--secret-stdin'];
  expect((await add(...where, ...key, '--floating-network', 'public')).err).toContain('EC2 has no floating networks');
  const { code, out, err } = await add(...where, ...key);
  expect([code, `${out}${err}`]).toEqual([1, expect.not.stringContaining(SECRET)]); // nobody listens there
  expect(await shown('aws')).toMatchObject({ provider: 'ec2', endpoint: 'http://127.0.0.1:1', region: 'eu-central-1' });
  expect((await kiln.run(['platform', 'show', 'aws'])).out).toContain('EC2 at http://127.0.0.1:1, region eu-central-1');
  const other = await kiln.run(['platform', 'update', 'aws', '--clouds-yaml', file]);
  expect(other).toMatchObject({ code: 2, err: expect.stringContaining('give --access-key in place of') });
});

it('a new OpenStack wants its clouds.yaml', async () => {
  const { code, err } = await kiln.run(['platform', 'add', 'cloud9', '--kind', 'cloud', ...MACHINES]);
  expect([code, err]).toEqual([2, expect.stringContaining('Give --clouds-yaml')]);
});
