import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EC2_CLOUD, EC2_KEY } from '../../testing/ec2.ts';
import { ec2Bench } from '../../testing/ec2-bench.ts';
import { openCloud } from '../open-cloud.ts';

const FIRST = { job: 'pi7', number: 1, name: 'pi7-1' };

let bench: Awaited<ReturnType<typeof ec2Bench>>;
beforeEach(async () => {
  bench = await ec2Bench();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await bench.close();
});

test('an access key that is not known, or with another secret, is refused until another one is given', async () => {
  for (const key of [{ accessKeyId: 'AKIAOTHER' }, { secretAccessKey: 'other' }]) {
    await expect(bench.provider({ key }).list()).rejects.toMatchObject({ code: 'LOGIN_REFUSED', retryable: true });
    await expect(bench.provider({ key }).create(FIRST)).rejects.toMatchObject({ code: 'LOGIN_REFUSED', retryable: true });
  }
});

test('neither the environment nor what is below the home directory says which key is used, or where EC2 is', async () => {
  const home = await mkdtemp(join(tmpdir(), 'kiln-aws-'));
  const elsewhere = 'http://127.0.0.1:9';
  const config = `[default]\nregion = us-west-2\nendpoint_url = ${elsewhere}\nuse_fips_endpoint = true\nretry_mode = adaptive\nmax_attempts = 1\n`;
  const file = join(home, 'config');
  await writeFile(file, `${config}aws_access_key_id = AKIAFILE\naws_secret_access_key = file\n`);
  await utimes(file, new Date(0), new Date());
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, file);
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_EC2', 'HTTP_PROXY', 'HTTPS_PROXY']) vi.stubEnv(name, elsewhere);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_REGION']) vi.stubEnv(name, 'environment');
  for (const name of ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT']) vi.stubEnv(name, 'true');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  bench.double.faults.push({ action: 'DescribeInstances', status: 503, html: '<h1>' });
  expect(await bench.provider().list()).toEqual([]);
  const addresses = (region: string) => openCloud({ ...EC2_CLOUD, region }, EC2_KEY).addresses(new AbortController().signal);
  expect(await addresses('eu-central-1')).toEqual(['https://ec2.eu-central-1.amazonaws.com']);
  expect(await addresses('cn-north-1')).toEqual(['https://ec2.cn-north-1.amazonaws.com.cn']);
  expect((await stat(file)).atimeMs).toBe(0); // nobody read it
  await rm(home, { recursive: true });
});

test('a clock that is wrong by a day is made up for', async () => {
  bench.double.ahead = -86_400_000;
  expect(await bench.provider().list()).toEqual([]);
});

test('what passes is asked again, and told if it does not pass', async () => {
  bench.double.faults.push(
    { action: 'DescribeInstances', code: 'RequestLimitExceeded', message: 'Request limit exceeded.', status: 503 },
    { action: 'DescribeInstances', before: () => true },
    { action: 'DescribeInstances', status: 502, html: '<html>Bad gateway</html>' },
  );
  expect(await bench.provider().list()).toEqual([]);
  bench.double.faults.push({
    action: 'DescribeInstances',
    code: 'RequestLimitExceeded',
    message: 'Request limit exceeded.',
    status: 503,
    times: 4,
  });
  await expect(bench.provider().list()).rejects.toMatchObject({
    ...{ code: 'PLATFORM_UNAVAILABLE', retryable: true },
    message: `${bench.server.url} is in trouble or busy (RequestLimitExceeded): Request limit exceeded.`,
  });
});

test.each([
  ['InternalError', 500, 'PLATFORM_UNAVAILABLE', true],
  ['Unavailable', 503, 'PLATFORM_UNAVAILABLE', true],
  ['Throttling', 400, 'PLATFORM_UNAVAILABLE', true],
  ['ExpiredToken', 400, 'LOGIN_REFUSED', true],
  ['InsufficientInstanceCapacity', 500, 'FORBIDDEN', false],
  ['InstanceLimitExceeded', 400, 'FORBIDDEN', false],
  ['UnauthorizedOperation', 403, 'FORBIDDEN', false],
  ['InvalidAMIID.NotFound', 400, 'NOT_FOUND', false],
  ['Unsupported', 400, 'BAD_INPUT', false],
  ['InvalidGroup.NotFound', 400, 'CONFLICT', true],
  ['', 302, 'BAD_INPUT', false],
])('when a machine is asked for, %s (%i) is %s, and whether that may pass: %s', async (code, status, known, retryable) => {
  const message = 'So it is Encoded authorization failure message: aGlkZGVu';
  bench.double.faults.push({
    action: 'RunInstances',
    status,
    times: 4,
    ...(code ? { code, message } : { html: '', headers: { location: '/' } }),
  });
  const error = await bench
    .provider()
    .create(FIRST)
    .then(String, (reason) => reason);
  expect(error).toMatchObject({ code: known, retryable });
  expect(error.message).toMatch(code ? /: So it is\./ : /does not answer as EC2 does \(302\)/);
});

test('what is refused beside the making of machines may be allowed later', async () => {
  bench.double.faults.push({ action: 'DescribeInstances', code: 'UnauthorizedOperation', message: 'No.', status: 403 });
  await expect(bench.provider().list()).rejects.toMatchObject({
    code: 'FORBIDDEN',
    retryable: true,
    message: 'The cloud refuses (UnauthorizedOperation): No.',
  });
});

test('what is no EC2, or is not there, is told with its address', async () => {
  bench.double.faults.push({ action: 'DescribeInstances', status: 200, html: '<html><body>Welcome' });
  await expect(bench.provider().list()).rejects.toMatchObject({ retryable: true, message: expect.stringContaining(bench.server.url) });
  await bench.server.close();
  await expect(bench.provider().list()).rejects.toMatchObject({
    ...{ code: 'PLATFORM_UNAVAILABLE', retryable: true, message: expect.stringContaining(`${bench.server.url} cannot be reached`) },
  });
});

test('the account of a key is that of its security groups, by which it is told', async () => {
  const { estate } = bench.double;
  expect(await bench.account()).toBe('111122223333');
  estate.groups.push({ GroupId: 'sg-9', GroupName: 'shared', OwnerId: '999', VpcId: 'vpc-9' });
  expect(await bench.account()).toBe('111122223333');
  bench.double.unfiltered = true;
  expect(await bench.account()).toBe('111122223333');
  estate.groups = estate.groups.filter(({ GroupName }) => GroupName !== 'default');
  expect(await bench.account()).toBe('999');
  estate.groups = [];
  await expect(bench.account()).rejects.toMatchObject({ message: expect.stringContaining('it has no VPC with a security group') });
});

test('each cloud is opened with a key of its kind', () => {
  const openStack = { kind: 'application-credential', id: 'i', secret: 's' } as const;
  expect(() => openCloud(EC2_CLOUD, openStack)).toThrow('EC2 is opened with an access key.');
  expect(() => openCloud({ ...EC2_CLOUD, provider: 'openstack' }, EC2_KEY)).toThrow('not opened with an access key');
});
