import { finishCheck, keepCredential, loadPlatformSecrets, saveFindings } from '@kiln/db/platform-checks';
import { createSealingKey, seal, unseal } from '@kiln/db/sealing';
import { publishSealingKey } from '@kiln/db/sealing-key';
import { beat } from '@kiln/db/workers';
import type { PlatformFacts } from '@kiln/domain';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi, takeUntil, type Variables } from '../testing/start-test-api.ts';

const FIELDS = `name kind provider description slots maxNodes state checkedAt owned publicKey liveJobs blockedJobs
  connection { host port user jumps { host port user } } hostKeys { address type fingerprint }
  settings { root home modules setup resources limits { tasks submissionsPerMinute commandsPerSecond connections sessions lostAfter } }
  facts { home root cores scheduler { version arrayLimit cores queues { name isDefault open maxWalltime nodes } } }
  findings { name status message } link { connections sessions sessionLimit state }`;
const REGISTER = `mutation ($input: RegisterPlatformInput!) { registerPlatform(input: $input) { platform { ${FIELDS} } problems { path message } } }`;
const UPDATE = `mutation ($name: String!, $input: UpdatePlatformInput!) {
  updatePlatform(name: $name, input: $input) { platform { ${FIELDS} } problems { path message } } }`;
const ONE = `query ($name: String!) { platform(name: $name) { ${FIELDS} } }`;
const DELETE = 'mutation ($name: String!) { deletePlatform(name: $name) { problems { message } jobs { id } } }';
const SECRET = 'correct horse battery staple';
const FACTS: PlatformFacts = { home: '/home/ann', root: '/scratch/ann', cores: 4, scheduler: null };
const connection = { host: 'hpc.example.org', user: 'ann' };

let api: TestApi;
const key = createSealingKey();
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

function input(name: string, more: Variables = {}): Variables {
  return { input: { name, kind: 'unix', connection, enrolment: { password: SECRET }, ...more } };
}

async function registered(name: string, more: Variables = {}): Promise<void> {
  const { data, errors } = await api.call(REGISTER, input(name, more));
  expect({ errors, problems: data?.registerPlatform.problems }).toEqual({ errors: undefined, problems: [] });
}

async function problems(more: Variables): Promise<Record<string, string>> {
  const { data, errors } = await api.call(REGISTER, input('bad', more));
  expect(errors).toBeUndefined();
  const found: { path: string[]; message: string }[] = data.registerPlatform.problems;
  return Object.fromEntries(found.map(({ path, message }) => [path.join('.'), message]));
}

it('no secret is taken before a worker has said to whom it may be sealed', async () => {
  const { errors } = await api.call(REGISTER, input('early'));
  expect(errors).toMatchObject([{ extensions: { code: 'NO_WORKER' } }]);
  expect(await publishSealingKey(api.db, key.publicKey)).toBe(key.publicKey);
});

it('a platform is registered, checked, and shown as it was found', async () => {
  await registered('found', { kind: 'slurm', settings: { modules: ['gcc/12'], resources: { queue: 'short' }, limits: { tasks: 50 } } });
  expect((await api.call(ONE, { name: 'found' })).data.platform).toMatchObject({
    ...{ kind: 'slurm', provider: 'ssh', state: 'checking', owned: true, facts: null, link: null, liveJobs: 0 },
    connection: { host: 'hpc.example.org', port: 22, user: 'ann', jumps: [] },
    settings: { root: '', modules: ['gcc/12'], resources: { queue: 'short' }, limits: { tasks: 50, sessions: 8, lostAfter: 86_400 } },
  });
  const hostKeys = [{ address: 'hpc.example.org:22', type: 'ssh-ed25519', fingerprint: 'SHA256:x', key: 'AAAA' }];
  await keepCredential(api.db, 'found', { credential: Buffer.from('sealed'), publicKey: 'ssh-ed25519 A kiln' });
  await finishCheck(api.db, 'found', 0, {
    state: 'ready',
    findings: [],
    facts: FACTS,
    slots: 4,
    hostKeys,
  });
  const open = { connections: 1, sessions: 2, sessionLimit: 8, state: 'up' } as const;
  const since = new Date().toISOString();
  await beat(api.db, { id: 'w', host: 'h', pid: 1, connections: [{ ...open, since, address: 'ann@hpc.example.org:22' }] });
  expect((await api.call(ONE, { name: 'found' })).data.platform).toMatchObject({
    ...{ state: 'ready', slots: 4, facts: FACTS, publicKey: 'ssh-ed25519 A kiln', link: open },
    hostKeys: [{ address: 'hpc.example.org:22', type: 'ssh-ed25519', fingerprint: 'SHA256:x' }],
  });
});

it('whoever subscribes sees each finding as it comes', async () => {
  await registered('live');
  const client = api.socket();
  const query = 'subscription { platformChanged(name: "live") { state findings { name } } }';
  interface Change {
    readonly platformChanged: { state: string; findings: { name: string }[] };
  }
  let seen = 0;
  const all = await takeUntil<Change>(client.iterate({ query }), ({ length }) => {
    seen = length;
    const finding = { name: `finding ${seen}`, status: 'ok', message: 'So it is.' } as const;
    if (seen === 3) void finishCheck(api.db, 'live', 0, { state: 'ready', findings: [finding] });
    else if (seen < 3) void saveFindings(api.db, 'live', 0, [finding]);
    return seen === 4;
  });
  expect(all.map(({ platformChanged: { state, findings } }) => [state, findings[0]?.name])).toEqual([
    ['checking', undefined],
    ['checking', 'finding 1'],
    ['checking', 'finding 2'],
    ['ready', 'finding 3'],
  ]);
});

it('whoever follows a platform hears that it is gone', async () => {
  await registered('fleeting');
  const messages: unknown[] = [];
  for await (const message of api.socket().iterate({ query: 'subscription { platformChanged(name: "fleeting") { name } }' })) {
    messages.push(message);
    if (messages.length === 1) await api.call(DELETE, { name: 'fleeting' });
  }
  expect(messages).toMatchObject([{ data: {} }, { errors: [{ extensions: { code: 'NOT_FOUND' } }] }]);
});

it('everything that is wrong is told at once, at its field', async () => {
  const bad = { host: '-oProxyCommand=x', port: 0, user: 'ann;ls', jumps: [{ host: 'a b', user: 'ann' }] };
  const settings = {
    root: 'relative',
    modules: ['a b'],
    resources: { cores: 0, directives: ['rm -rf'] },
    limits: { sessions: 0, lostAfter: 59 },
  };
  const found = await problems({ name: 'no spaces', kind: 'nonsense', slots: 0, connection: bad, settings, enrolment: {} });
  expect(Object.keys(found).sort()).toEqual([
    ...['connection.host', 'connection.jumps.0.host', 'connection.port', 'connection.user', 'enrolment', 'kind', 'name'],
    ...[
      'settings.limits.lostAfter',
      'settings.limits.sessions',
      'settings.modules.0',
      'settings.resources.cores',
      'settings.resources.directives.0',
      'settings.root',
    ],
    'slots',
  ]);
  for (const message of Object.values(found)) expect(message).toMatch(/^[A-Za-z].*\.$/);
});

it.each(['hpc', 'hpc.example.org', '10.0.0.1', '::1', 'fe80::1'])('%s is a host', async (host) => {
  expect(await problems({ connection: { ...connection, host }, slots: 0 })).toEqual({ slots: expect.any(String) });
});

it.each(['', 'a b', '-a', 'a\nb', 'http://a', 'a/b', 'ann@a', '$(id)', '[::1]', 'a..b'])('%j is no host', async (host) => {
  expect(Object.keys(await problems({ connection: { ...connection, host } }))).toEqual(['connection.host']);
});

it('a name is taken once', async () => {
  await registered('taken');
  const { data } = await api.call(REGISTER, input('taken'));
  expect(data.registerPlatform).toMatchObject({ platform: null, problems: [{ path: ['name'] }] });
});

it('what is changed is changed, what is not mentioned stays, and it is checked again', async () => {
  await registered('changing', { description: 'Old.', settings: { root: '~/work', limits: { tasks: 5 } } });
  await finishCheck(api.db, 'changing', 0, { state: 'trouble', findings: [], eraseEnrolment: true });
  const change = {
    connection: { port: 2222 },
    settings: { limits: { tasks: null, sessions: 4, lostAfter: 7200 } },
    enrolment: { password: 'another' },
  };
  const { data } = await api.call(UPDATE, { name: 'changing', input: change });
  expect(data.updatePlatform.platform).toMatchObject({
    ...{ state: 'checking', description: 'Old.' },
    connection: { ...connection, port: 2222 },
    settings: { root: '~/work', limits: { tasks: null, sessions: 4, commandsPerSecond: 25, lostAfter: 7200 } },
  });
  const { enrolment } = (await loadPlatformSecrets(api.db, 'changing')) ?? {};
  expect(JSON.parse(unseal(key.privateKey, enrolment ?? Buffer.alloc(0)))).toEqual({ kind: 'password', password: 'another' });
});

it('one whose jobs have not ended is neither removed nor renamed, and says which', async () => {
  await registered('busy');
  await finishCheck(api.db, 'busy', 0, { state: 'ready', findings: [], facts: FACTS });
  const submit = 'mutation ($input: SubmitJobInput!) { submitJob(input: $input) { job { id } problems { message } } }';
  const job = await api.call(submit, { input: { connector: 'randnum', parameters: { platform: 'busy' } } });
  const { id } = job.data.submitJob.job;
  expect((await api.call(DELETE, { name: 'busy' })).data.deletePlatform).toMatchObject({ problems: [{}], jobs: [{ id }] });
  const rename = 'mutation ($to: String!) { renamePlatform(name: "busy", to: $to) { name } }';
  expect((await api.call(rename, { to: 'calm' })).errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
  expect((await api.call(ONE, { name: 'busy' })).data.platform).toMatchObject({ liveJobs: 1, blockedJobs: 0 });
  await api.db.pool.query(`update jobs set status = 'blocked'`);
  expect((await api.call('mutation { tryPlatform(name: "busy") }')).data).toEqual({ tryPlatform: 1 });
  await api.db.pool.query(`update jobs set status = 'succeeded'`);
  expect((await api.call(rename, { to: 'calm' })).data).toEqual({ renamePlatform: { name: 'calm' } });
  expect((await api.call(rename, { to: 'a b' })).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  expect((await api.call(DELETE, { name: 'calm' })).data.deletePlatform).toEqual({ problems: [], jobs: [] });
  expect((await api.call('query ($id: ID!) { job(id: $id) { platform } }', { id })).data.job.platform).toBe('calm (removed)');
});

it('somebody else learns nothing of it and changes nothing; an administrator does', async () => {
  const ann = await api.someoneElse('ann');
  const bob = await api.someoneElse('bob');
  expect((await api.call(REGISTER, input('anns'), ann)).data.registerPlatform.problems).toEqual([]);
  const all = [
    ['mutation { checkPlatform(name: "anns") { name } }'],
    ['mutation { repinPlatform(name: "anns") { name } }'],
    ['mutation { rotatePlatformKey(name: "anns", password: "x") { name } }'],
    ['mutation { renamePlatform(name: "anns", to: "bobs") { name } }'],
    ['mutation { deletePlatform(name: "anns") { problems { message } } }'],
    ['mutation { tryPlatform(name: "anns") }'],
    ['mutation { updatePlatform(name: "anns", input: {description: "x"}) { platform { name } } }'],
  ] as const;
  for (const [document] of all)
    expect((await api.call(document, {}, bob)).errors, document).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  expect((await api.call(ONE, { name: 'anns' }, bob)).data.platform).toBeNull();
  const names = 'query { platforms { name } }';
  expect((await api.call(names, {}, bob)).data.platforms).toEqual([{ name: 'local' }, { name: 'local-cloud' }]);
  expect((await api.call(ONE, { name: 'anns' })).data.platform).toMatchObject({ owned: false, connection });
  expect((await api.call('mutation { checkPlatform(name: "anns") { state } }')).data.checkPlatform.state).toBe('checking');
});

it('nobody changes what comes with every installation', async () => {
  for (const mutation of ['checkPlatform(name: "local") { name }', 'deletePlatform(name: "local") { problems { message } }']) {
    expect((await api.call(`mutation { ${mutation} }`)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  }
});

it.each([
  ['nothing', {}],
  ['two of them', { password: SECRET, showKey: true }],
  ['a passphrase alone', { showKey: true, passphrase: SECRET }],
  ['a password of two lines', { password: `${SECRET}\n` }],
  ['a public key', { privateKey: `ssh-ed25519 ${SECRET}` }],
  ['half a key', { privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${SECRET}` }],
])('%s is no enrolment, and is not repeated', async (_, enrolment) => {
  const found = await problems({ enrolment });
  expect(Object.keys(found).every((path) => path.startsWith('enrolment'))).toBe(true);
  expect(Object.keys(found).length).toBeGreaterThan(0);
  expect(JSON.stringify(found)).not.toContain(SECRET);
});

it('secrets are kept sealed, and come out of no answer, error, event, log or column', async () => {
  const privateKey = `-----BEGIN OPENSSH PRIVATE KEY-----\n${SECRET}\n-----END OPENSSH PRIVATE KEY-----`;
  const said = [
    await api.call(REGISTER, input('secret', { enrolment: { privateKey, passphrase: SECRET } })),
    await api.call(REGISTER, input('secret')),
    await api.call(REGISTER, { input: { ...Object(input('wrong').input), enrolment: { password: [SECRET, 1] } } }),
    await api.call('mutation { rotatePlatformKey(name: "secret", password: ["correct horse", 1]) { name } }'),
    await api.call('mutation ($password: String) { rotatePlatformKey(name: "secret", password: $password) { name } }', {
      password: [SECRET],
    }),
  ];
  const secrets = await loadPlatformSecrets(api.db, 'secret');
  expect(unseal(key.privateKey, secrets?.enrolment ?? Buffer.alloc(0))).toContain(SECRET);
  await keepCredential(api.db, 'secret', { credential: seal(key.publicKey, SECRET), publicKey: 'A' });
  await finishCheck(api.db, 'secret', 0, { state: 'ready', findings: [], eraseEnrolment: true });
  said.push(await api.call('mutation { rotatePlatformKey(name: "secret", password: "correct horse battery staple") { name } }'));
  said.push(await api.call(ONE, { name: 'secret' }), await api.call(`{ platforms { ${FIELDS} } }`));
  const { rows } = await api.db.pool.query(
    `select to_jsonb(p)::text || encode(coalesce(enrolment, ''), 'escape') || encode(coalesce(credential, ''), 'escape') as text from platforms p
     union all select to_jsonb(e)::text from events e union all select payload::text from graphile_worker._private_jobs`,
  );
  expect(rows.length).toBeGreaterThan(20);
  expect(JSON.stringify([said, rows, api.logged])).not.toContain('correct horse');
});
