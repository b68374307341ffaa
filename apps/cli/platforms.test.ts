import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bed, bedsMissing } from '@kiln/testing/bed';
import { S3_BUCKET, S3_KEY, type S3Server, s3Server } from '@kiln/testing/s3-server';
import { webServer } from '@kiln/testing/web-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KilnProcess } from './testing/kiln-process.ts';

const SECRET = 'correct-horse';
/** Nobody listens there. */
const NOWHERE = ['--host', '127.0.0.1', '--port', '1', '--user', 'ann'];

let kiln: KilnProcess;
let s3: S3Server;

beforeAll(async () => {
  s3 = await s3Server();
  kiln = await KilnProcess.create();
  await kiln.addConnector('taking', 'description: Takes.\nrunsOn: unix\ninput: required\ncommand: cp $1/x $2/x\n');
  await kiln.start(['up', '--port', '0']).says(/Ctrl-C/);
});
afterAll(async () => {
  await kiln?.dispose();
  await s3?.close();
});

it('a machine that does not answer is registered with the reason, and the exit code tells', async () => {
  const { code, out } = await kiln.runWith(`${SECRET}\n`, ['platform', 'add', 'away', ...NOWHERE, '--password-stdin']);
  expect(code).toBe(1);
  expect(out).toMatch(/failed {2}.*127\.0\.0\.1:1/);
  expect(out).toContain('away is not ready');
  expect((await kiln.run(['platform', 'check', 'away'])).code).toBe(1);
  const { out: shown } = await kiln.run(['platform', 'show', 'away']);
  expect(shown).toContain('ann@127.0.0.1:1');
  expect((await kiln.run(['platform', 'list'])).out).toMatch(/^away +unix +trouble +0 +ann@127\.0\.0\.1:1/m);
  const list = JSON.parse((await kiln.run(['platform', 'list', '--json'])).out);
  expect(list.map(({ name }: { name: string }) => name)).toEqual(['away', 'local', 'local-cloud']);
});

it('what is rented is told with what was spent, and bounded', async () => {
  expect((await kiln.run(['machines'])).out).toContain(
    'No machine is rented. Spent within 30 days: 0.00, now 0.00 an hour; there is no limit.',
  );
  expect((await kiln.run(['machines', '--cost-limit', '12.5'])).out).toContain('the limit is 12.50');
  expect(await kiln.run(['machines', '--cost-limit', 'much'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('an amount of money'),
  });
  const { out } = await kiln.run(['machines', '--cost-limit', 'none', '--json']);
  expect(JSON.parse(out)).toEqual({ rented: [], spending: { days: 30, spent: 0, perHour: 0, limit: null } });
});

it('a bucket is registered with its key, keeps the results of a job, and gives them back', { timeout: 120_000 }, async () => {
  const bucket = ['--bucket', S3_BUCKET, '--endpoint', s3.endpoint, '--prefix', 'of ours'];
  const add = ['platform', 'add', 'shelf', '--kind', 's3', ...bucket, '--secret-stdin'];
  expect(await kiln.runWith(SECRET, add)).toMatchObject({ code: 2, err: expect.stringContaining('Give --access-key') });
  const refused = await kiln.runWith(SECRET, [...add, '--access-key', 'nobodys']);
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('the access key is not accepted') });
  expect(refused.out).not.toContain(SECRET);
  const submit = ['submit', 'pi', 'samples=1000', 'output_storage=shelf', '--sweep', 'seed=1:2', '--watch'];
  expect((await kiln.run(submit)).err).toContain("'shelf' is registered and not ready yet");

  const update = ['platform', 'update', 'shelf', '--access-key', S3_KEY.accessKeyId, '--secret-stdin'];
  expect(await kiln.runWith(`${S3_KEY.secretAccessKey}\n`, update)).toMatchObject({ code: 0 });
  const { out } = await kiln.run(['platform', 'list']);
  expect(out).toMatch(new RegExp(`^shelf +s3 +ready +0 +s3://${S3_BUCKET}/of ours at ${s3.endpoint}`, 'm'));
  expect((await kiln.run(submit)).code).toBe(0);
  const [{ id }] = JSON.parse((await kiln.run(['jobs', '--json'])).out);
  expect((await kiln.run(['outputs', id, 'output/2'])).out).toContain('pi.txt');
  const folder = join(kiln.home, 'fetched');
  expect((await kiln.run(['outputs', id, 'output', '--download', folder])).code).toBe(0);
  expect(await readFile(join(folder, '2/pi.txt'), 'utf8')).toMatch(/^3\./);
  expect((await kiln.run(['platform', 'remove', 'shelf'])).code).toBe(0);
});

it('a web server is registered with its login, its files are seen and taken as input, and nothing is written to it', {
  timeout: 120_000,
}, async () => {
  const folder = join(kiln.home, 'web');
  await mkdir(join(folder, 'our sets/may/deep'), { recursive: true });
  await writeFile(join(folder, 'our sets/may/deep/x'), 'ten\n');
  const server = await webServer(folder);
  server.authorization = `Basic ${Buffer.from(`ann:${SECRET}`).toString('base64')}`;
  try {
    const add = ['platform', 'add', 'web', '--kind', 'http'];
    expect(await kiln.run(add)).toMatchObject({ code: 2, err: expect.stringContaining('Give --base') });
    const refused = await kiln.run([...add, '--base', `${server.url}/our%20sets/`]);
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('not given without a login') });
    const update = ['platform', 'update', 'web', '--login', 'ann', '--password-stdin'];
    const ready = await kiln.runWith(`${SECRET}\n`, update);
    expect(ready).toMatchObject({ code: 0, out: expect.stringContaining('kiln ls web:') });
    expect((await kiln.run(['platform', 'list'])).out).toMatch(new RegExp(`^web +http +ready +0 +${server.url}/our%20sets`, 'm'));

    expect((await kiln.run(['ls', 'web:may'])).out).toContain('deep/');
    expect((await kiln.run(['cat', 'web:may/deep/x'])).out).toBe('ten\n');
    expect((await kiln.run(['cp', '-r', 'web:may', join(kiln.home, 'fetched web')])).code).toBe(0);
    expect(await readFile(join(kiln.home, 'fetched web/deep/x'), 'utf8')).toBe('ten\n');
    const submit = ['submit', 'taking', '--input', 'web/may', '--watch'];
    expect(await kiln.run(submit)).toMatchObject({ code: 0 });
    const [{ id }] = JSON.parse((await kiln.run(['jobs', '--json'])).out);
    expect((await kiln.run(['cat', `${id}:output/1/x`])).out).toBe('ten\n');

    server.index = false;
    expect((await kiln.run(['cat', 'web:may/deep/x'])).out).toBe('ten\n');
    expect((await kiln.run(['ls', 'web:may'])).err).toContain('has no index page');
    expect((await kiln.run([...submit, 'output_storage=web'])).err).toContain("'web' is only read and keeps no results");
    const upload = await kiln.run(['cp', join(folder, 'our sets/may/deep/x'), 'web:may/y']);
    expect(upload).toMatchObject({ code: 2, err: expect.stringContaining('web is a web server, which Kiln only reads') });
  } finally {
    await kiln.run(['platform', 'remove', 'web']);
    await server.close();
  }
});

it('what options say is what is registered, and changed', async () => {
  const setup = join(kiln.home, 'setup.sh');
  await writeFile(setup, 'export A=1\n');
  const jumps = ['--jump', 'gate, bob@[::1]:2222'];
  const settings = [
    '--module',
    'gcc/12',
    '--module',
    'mpi',
    '--setup',
    setup,
    '--root',
    '~/work',
    '--tasks',
    '9',
    '--slots',
    '3',
    '--lost-after',
    '2h',
  ];
  const resources = ['--resource', 'walltime=4h', '--resource', 'directives=--a', '--resource', 'directives=--b'];
  await kiln.runWith(SECRET, [
    'platform',
    'add',
    'full',
    '--kind',
    'slurm',
    ...NOWHERE,
    '--password-stdin',
    ...jumps,
    ...settings,
    ...resources,
  ]);
  const shown = async () => JSON.parse((await kiln.run(['platform', 'show', 'full', '--json'])).out);
  const connection = { host: '127.0.0.1', port: 1, user: 'ann' };
  const hops = [
    { host: 'gate', port: 22, user: 'ann' },
    { host: '::1', port: 2222, user: 'bob' },
  ];
  expect(await shown()).toMatchObject({
    ...{ kind: 'slurm', slots: 3, connection: { ...connection, jumps: hops } },
    settings: { root: '~/work', modules: ['gcc/12', 'mpi'], setup: 'export A=1\n', limits: { tasks: 9, sessions: 8, lostAfter: 7200 } },
  });
  expect((await shown()).settings.resources).toEqual({ walltime: 14_400, directives: ['--a', '--b'] });
  await kiln.run(['platform', 'update', 'full', '--jump', '', '--description', 'Ours.']);
  expect(await shown()).toMatchObject({ slots: 3, description: 'Ours.', connection: { ...connection, jumps: [] } });
  expect((await kiln.run(['platform', 'rename', 'full', 'fuller'])).code).toBe(0);
  expect((await kiln.run(['platform', 'remove', 'fuller'])).out).toContain('fuller is removed');
  expect(await kiln.run(['platform', 'show', 'fuller'])).toMatchObject({ code: 2, err: "kiln: You have no platform 'fuller'.\n" });
});

it.each([
  ['a name', ['two words'], /^kiln: name: A name has/m],
  ['a host', ['x', '--host', '-oProxyCommand=id'], /^kiln: connection\.host: A host is/m],
  ['a jump host', ['x', '--jump', 'a b'], /^kiln: "a b" is no jump host/],
  ['a resource', ['x', '--resource', 'walltime=soon'], /^kiln: walltime cannot be "soon"/],
  ['an unknown resource', ['x', '--resource', 'fuel=1'], /^kiln: There is no resource fuel/],
  ['a missing file', ['x', '--setup', '/none'], /^kiln: The file of --setup cannot be read/],
])('%s that cannot be is told', async (_, args, sentence) => {
  const { code, err } = await kiln.runWith(SECRET, ['platform', 'add', ...NOWHERE, '--password-stdin', ...args]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(sentence) });
  expect(err).not.toContain(SECRET);
});

it('without a terminal nobody is asked for a password', async () => {
  const { code, err } = await kiln.run(['platform', 'add', 'x', ...NOWHERE]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--password-stdin') });
});

it('a password that is typed is taken and not shown', async () => {
  const command = kiln.startOnTerminal(['platform', 'add', 'typed', ...NOWHERE]);
  await command.says(/Password of ann on 127\.0\.0\.1: /);
  command.child.stdin?.write(`wrong\u0015${SECRET}x\u007f\r`);
  const { code, out } = await command.ended;
  expect(code).toBe(1);
  expect(out).toMatch(/typed.* is .*not ready/);
  expect(out).not.toMatch(/correct|wrong/);
});

it('Ctrl-C at the question does nothing', async () => {
  const command = kiln.startOnTerminal(['platform', 'add', 'never', ...NOWHERE]);
  await command.says(/Password/);
  command.child.stdin?.write('\u0003');
  expect((await command.ended).code).toBe(130);
  expect((await kiln.run(['platform', 'list'])).out).not.toContain('never');
});

describe.skipIf(bedsMissing)('with a server', () => {
  it('a password is used once, a key is shown or brought, and a job runs there', async () => {
    const ssh = await bed('sshd');
    const host = ['--host', ssh['SSH_HOST'] ?? '', '--port', ssh['SSH_PORT'] ?? '', '--user', ssh['SSH_USER'] ?? ''];
    const added = await kiln.runWith(ssh['SSH_PASSWORD'] ?? '', ['platform', 'add', 'server', ...host, '--password-stdin']);
    expect(added).toMatchObject({ code: 0, out: expect.stringContaining('server is ready') });
    expect((await kiln.run(['platform', 'rotate', 'server'])).code).toBe(0);
    const job = await kiln.run(['submit', 'randnum', '--platform', 'server', '--watch']);
    expect(job.out + job.err).toContain('succeeded');
    expect((await kiln.run(['platform', 'try', 'server'])).out).toBe('No job is blocked on server.\n');
    const shown = await kiln.run(['platform', 'add', 'shown', ...host, '--show-key']);
    expect(shown).toMatchObject({ code: 0, out: expect.stringMatching(/authorized_keys.*\nssh-ed25519 \S+/) });
    const logs = await readFile(join(kiln.home, 'logs/kiln.log'), 'utf8');
    expect(logs).not.toContain(ssh['SSH_PASSWORD']);
  });
});
