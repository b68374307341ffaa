import { DEFAULT_SETTINGS, type Platform, type PlatformKind, type QueueFacts, resourcesOf } from '@kiln/domain';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { checkParameters, formSchema, storagesOf } from './form.ts';
import { cloud, connector, local } from './sample-connector.ts';

const queue = (name: string, more: Partial<QueueFacts> = {}): QueueFacts => {
  return { name, isDefault: false, open: true, maxWalltime: null, nodes: null, ...more };
};
const queues = [queue('short', { isDefault: true, maxWalltime: 3600 }), queue('long', { maxWalltime: 86_400 }), queue('endless')];

it('results may go wherever something was ready once, and go home unless somebody says otherwise', () => {
  const platforms = [cluster('fresh', 'sge', { facts: null }), cluster('hpc'), local, cloud];
  const storages = storagesOf(platforms);
  expect(storages).toEqual(['local', 'hpc']);
  const choices = { platforms, storages };
  expect(formSchema(connector(), choices).properties).toMatchObject({
    output_storage: { default: 'local', oneOf: [{ const: 'local' }, { const: 'hpc' }] },
  });
  const told = (output_storage: string) => checkParameters(connector(), { output_storage }, choices).problems.map(({ message }) => message);
  expect(told('hpc')).toEqual([]);
  expect(told('fresh')).toEqual([
    "'fresh' is registered and not ready yet: its check must succeed once before results can go there; choose local or hpc.",
  ]);
  expect(told(cloud.name)).toEqual([`'${cloud.name}' keeps no results; choose local or hpc.`]);
  const { problems } = checkParameters(connector(), { output_path: './.kiln/x' }, choices);
  expect(problems).toMatchObject([{ message: "output_path must not lead into '.kiln', where jobs work." }]);
});

function cluster(name: string, kind: PlatformKind = 'slurm', more: Partial<Platform> = {}): Platform {
  const scheduler = { version: 'slurm 23', dialect: null, arrayLimit: 1000, cores: 64, queues };
  const facts = { home: '/home/ann', root: '/home/ann', cores: 4, scheduler: kind === 'unix' ? null : scheduler };
  const connection = { host: name, port: 22, user: 'ann', jumps: [] };
  return { ...local, name, kind, provider: 'ssh', description: '', maxNodes: 1, connection, settings: DEFAULT_SETTINGS, facts, ...more };
}

const choices = { platforms: [cluster('a-server', 'unix'), cluster('hpc'), local, cloud], storages: ['local'] };
const check = (given: Record<string, unknown>, more: object = {}, platforms = choices.platforms) =>
  checkParameters(connector(more), given, { ...choices, platforms });
const messages = (given: Record<string, unknown>) => check({ platform: 'hpc', ...given }).problems.map(({ message }) => message);

it('what runs on a machine runs on clusters, too, and on this machine unless something else is said', () => {
  const { properties } = formSchema(connector(), choices);
  expect(properties).toMatchObject({
    platform: { default: 'local', oneOf: [{ const: 'local' }, { const: 'a-server' }, { const: 'hpc' }] },
  });
  expect(check({ platform: 'hpc' }).problems).toEqual([]);
});

it('a connector may name its scheduler', () => {
  const { properties } = formSchema(connector({ runsOn: ['sge', 'slurm'] }), {
    ...choices,
    platforms: [cluster('s'), cluster('g', 'sge')],
  });
  expect(properties).toMatchObject({ platform: { oneOf: [{ const: 'g' }, { const: 's' }] } });
  const { problems } = check({ platform: 'hpc' }, { runsOn: 'pbs' });
  expect(problems[0]?.message).toBe("'sample' runs on pbs platforms, and there is none that you may use; register one.");
});

it('one that was never ready is not offered, and says so', () => {
  const platforms = [local, cluster('new', 'slurm', { facts: null })];
  expect(formSchema(connector(), { ...choices, platforms }).properties).toMatchObject({ platform: { oneOf: [{ const: 'local' }] } });
  for (const runsOn of ['unix', 'slurm'])
    expect(check({ platform: 'new' }, { runsOn }, platforms).problems).toEqual([
      {
        path: ['platform'],
        code: 'PLATFORM_UNAVAILABLE',
        message: "'new' is registered and not ready yet: its check must succeed once before jobs can run there.",
      },
    ]);
});

it('the form asks for resources only where a cluster is chosen', () => {
  const schema = formSchema(connector({ defaults: { walltime: '2h' } }), choices);
  expect(schema.properties).toMatchObject({
    queue: { type: 'string', 'x-section': 'compute', 'x-only-when': { parameter: 'platform', equals: 'hpc' } },
    walltime: { default: '2h' },
    cores: { type: 'integer', minimum: 1 },
    directives: { 'x-multiline': true },
  });
  expect(new Ajv({ strict: false }).validateSchema(schema)).toBe(true);
  expect(formSchema(connector(), { ...choices, platforms: [local] }).properties).not.toHaveProperty('queue');
});

it('what is asked for is kept in the words of the submission, and read by the domain', () => {
  const given = { queue: 'long', walltime: ' 2h ', memory: '4GB', cores: '8', gpus: '', directives: '--a=1\n\n --b', tasks_per_element: 5 };
  const { problems, parameters } = check({ platform: 'hpc', ...given }, { defaults: { gpus: 2, account: 'lab' } });
  expect(problems).toEqual([]);
  expect(parameters).toMatchObject({ walltime: '2h', memory: '4GB', cores: 8, account: 'lab', tasks_per_element: 5 });
  expect(resourcesOf(parameters, { gpus: 1 })).toEqual({
    ...{ queue: 'long', walltime: 7200, memory: 4096, cores: 8, gpus: 1, account: 'lab' },
    directives: ['--a=1', '--b'],
  });
});

it.each([
  [{ memory: 'much' }, 'memory must be an amount such as 4GB or 500M.'],
  [{ walltime: 'soon' }, 'walltime must be a time such as 90m, 4h or 2-12:00:00.'],
  [{ walltime: 60 }, 'walltime must be text.'],
  [{ cores: 0 }, 'cores must be at least 1.'],
  [{ cores: 1.5 }, 'cores must be a whole number.'],
  [{ gpus: -1 }, 'gpus must be at least 0.'],
  [{ account: '--x' }, 'account must be one word that does not begin with a hyphen.'],
  [{ directives: '--a\nrm' }, "directives must begin with '-' on every line, such as --constraint=ib."],
  [{ queue: 'shrt' }, "'hpc' has no queue 'shrt'; choose one of short, long, endless."],
  [{ queue: 'short,none' }, "'hpc' has no queue 'short,none'; choose one of short, long, endless."],
  [{ walltime: '90m' }, "walltime (01:30:00) is longer than the queue 'short' of 'hpc' allows: 01:00:00."],
  [{ walltime: '2d', queue: 'long' }, "walltime (2-00:00:00) is longer than the queue 'long' of 'hpc' allows: 1-00:00:00."],
])('%j is refused', (given, message) => {
  expect(messages(given)).toEqual([message]);
});

it.each([{ walltime: '90m', queue: 'short,long' }, { walltime: '9d', queue: 'endless' }, { queue: 'short@node1' }, { walltime: '1h' }])(
  '%j is within the limits',
  (given) => {
    expect(messages(given)).toEqual([]);
  },
);

it('a limit holds for what the platform asks by itself', () => {
  const settings = { ...DEFAULT_SETTINGS, resources: { queue: 'long' } };
  const platforms = [cluster('hpc', 'slurm', { settings })];
  expect(check({ walltime: '2h' }, {}, platforms).problems).toEqual([]);
  expect(check({ walltime: '2d' }, {}, platforms).problems).toMatchObject([{ path: ['walltime'] }]);
});

it('the same submission runs where there is no scheduler by changing one word', () => {
  const given = { queue: 'nowhere', walltime: 'soon', cores: 8 };
  for (const platform of ['local', 'a-server']) {
    const { problems, parameters } = check({ platform, ...given }, { defaults: { memory: '4GB' } });
    expect(problems).toEqual([]);
    expect(Object.keys(parameters)).toEqual(['platform', 'output_storage', 'output_path', 'max_failures', 'sweep']);
  }
});

it('a connector that runs on clouds alone has none of them', () => {
  expect(check({ queue: 'x' }, { runsOn: 'cloud' }).problems).toMatchObject([
    { message: "'queue' is for clusters only, and 'sample' does not run on them." },
  ]);
});

it('defaults of a connector are checked when it is loaded', () => {
  expect(() => connector({ defaults: { cores: 0, memory: 'much', queue: 'short' } })).toThrow(
    'connector.ts: defaults.cores must be at least 1. connector.ts: defaults.memory must be an amount such as 4GB or 500M.',
  );
});
