import {
  type Connector,
  type Creation,
  DEFAULT_SETTINGS,
  FRESH,
  type JobState,
  KnownError,
  type Node,
  newNode,
  type Parameters,
  type Platform,
  type Progress,
  type Site,
  THIS_MACHINE,
  type World,
} from '@kiln/domain';
import { MemoryJob } from '@kiln/testing/memory-job';
import { beforeEach, expect, test } from 'vitest';
import { tend } from './tend.ts';

const HOUR = 3_600_000;
const cloud: Platform = {
  ...{ ...THIS_MACHINE, name: 'sky', kind: 'cloud', description: '', slots: 1, maxNodes: 9, settings: DEFAULT_SETTINGS },
};
const payload = { bootstrap: false, schedule: false, copied: false, initial: false, placeholders: [] };
const connector = { name: 'pi', payload, stages: {} } as unknown as Connector; // tend looks at no more of it

function node(name: string, state: Node['state'] = 'ready', more: Partial<Node> = {}): Node {
  return { ...newNode({ name, address: '', root: '/', slots: 1 }, 2, 0), state, ...more };
}

interface Given {
  readonly nodes: readonly Node[];
  /** Of tasks. */
  readonly busy?: Readonly<Record<string, number>>;
  readonly waiting?: number;
  readonly uncollected?: number;
  readonly progress?: Partial<Progress>;
  readonly parameters?: Parameters;
  readonly connector?: Partial<Connector>;
}

function stateOf({ nodes, busy = {}, waiting = 0, uncollected = 0, progress = {}, parameters = {}, ...given }: Given): JobState {
  const fixed = { platform: cloud, connector: { ...connector, ...given.connector } };
  const fresh = new MemoryJob(fixed, { nodes: 3, minimum_nodes: 1, ...parameters }, () => HOUR).state();
  const running = Object.values(busy).reduce((sum, one) => sum + one, 0);
  const job = { ...fresh.job, progress: { ...FRESH, total: 9, ...progress } };
  return { ...fresh, job, nodes, counts: { ...fresh.counts, running, waiting, unassigned: waiting, uncollected, busy } };
}

/** What the cloud was asked for. */
let asked: unknown[];
let creation: () => Promise<Creation>;
let prepare: () => Promise<void>;
let stop: (name: string) => Promise<void>;
const NONE: Creation = { machines: [], coming: 0, late: 0, delayed: 0, reasons: [] };
beforeEach(() => {
  asked = [];
  creation = async () => NONE;
  prepare = async () => {};
  stop = async () => {};
});

const world = {
  signal: new AbortController().signal,
  now: () => HOUR,
  confirm: async () => {},
  payload: async () => ({}),
  site: {
    create: (_job, count, _ours, past) => {
      asked.push([count, past]);
      return creation();
    },
    giveBack: async (_job, names) => void asked.push(names),
    prepare: () => prepare(),
    stop: (_job, { name }) => stop(name),
  } satisfies Partial<Site>,
} as unknown as World; // tend touches no more of it

test('a lost machine is given back, and another one asked for under another name', async () => {
  creation = async () => ({ ...NONE, machines: [node('m2')], coming: 1 });
  const told = await tend(stateOf({ nodes: [node('m1', 'lost'), node('m2')], busy: { m2: 1 }, waiting: 4 }), world);
  expect(asked).toEqual([['m1'], [2, ['m1']]]);
  expect(told.nodes).toEqual([expect.objectContaining({ name: 'm1', state: 'lost', goneAt: new Date(HOUR).toISOString() })]);
  expect(told.progress).toMatchObject({ coming: 1, replaced: 1 });
});

test('where what runs outlives its machine, one is given back once that is ended, and kept if it cannot be', async () => {
  const stopped: string[] = [];
  stop = async (name) => {
    stopped.push(name);
    if (name === 'm3') throw new KnownError('NODE_LOST', 'Gone.');
  };
  await tend(stateOf({ nodes: [node('m1'), node('m2', 'lost'), node('m3', 'lost')], busy: { m1: 1 } }), world);
  expect([stopped, asked]).toEqual([['m2', 'm3'], [['m2']]]);
});

test('none is asked for that no task needs, as those that are busy have slots for what waits', async () => {
  const wide = node('m2', 'ready', { slots: 4 });
  await tend(stateOf({ nodes: [node('m1', 'lost'), wide], busy: { m2: 1 }, waiting: 3 }), world);
  expect(asked).toEqual([['m1']]);
});

test('one of which nobody heard whether it was made is looked for again', async () => {
  creation = async () => ({ ...NONE, machines: [node('m2')], delayed: 1, reasons: ['The cloud is busy.'] });
  const told = await tend(stateOf({ nodes: [node('m1', 'lost'), node('m2')], busy: { m2: 1 }, waiting: 4 }), world);
  expect(told.progress).toMatchObject({ coming: 1, replaced: 1 });
});

test('one whose place is still taken by one that failed is asked for again', async () => {
  creation = async () => ({ ...NONE, machines: [node('m2')] });
  const told = await tend(stateOf({ nodes: [node('m1', 'lost'), node('m2')], busy: { m2: 1 }, waiting: 4 }), world);
  expect(told.progress).toMatchObject({ coming: 0, replaced: 0 });
});

test('trouble of the cloud is told once, holds up nothing, and is not made worse by asking at once again', async () => {
  creation = () => Promise.reject(new KnownError('LOGIN_REFUSED', 'Go away.', { retryable: true }));
  const given: Given = { nodes: [node('m1', 'lost'), node('m2')], busy: { m2: 1 }, waiting: 4 };
  const told = await tend(stateOf(given), world);
  expect(told.nodes.map(({ name, goneAt }) => [name, goneAt !== null])).toEqual([['m1', true]]);
  expect(told.note).toContain('Go away.');
  const again = stateOf({ ...given, progress: told.progress });
  expect(await tend(again, world)).toEqual({ nodes: [], progress: {} });
  const later = { ...world, now: () => HOUR + 61_000 };
  expect((await tend(again, later)).note).toBeUndefined();
  expect(asked.filter((one) => Array.isArray(one) && one.length === 2)).toHaveLength(2);
});

test('a job none of whose machines is left waits for the cloud', async () => {
  creation = () => Promise.reject(new KnownError('PLATFORM_UNAVAILABLE', 'Away.', { retryable: true }));
  await expect(tend(stateOf({ nodes: [node('m1', 'lost')], waiting: 4 }), world)).rejects.toMatchObject({ message: 'Away.' });
});

test('what is refused for good is not asked for again', async () => {
  creation = () => Promise.reject(new KnownError('BAD_INPUT', 'The cloud has no image x.'));
  const told = await tend(stateOf({ nodes: [node('m1', 'lost'), node('m2')], busy: { m2: 1 }, waiting: 4 }), world);
  expect(told.progress).toMatchObject({ replaced: 1 });
  expect(told.note).toContain('no image x');
});

test('machines without a task are given back, first those that are not bootstrapped, which are not then', async () => {
  prepare = () => Promise.reject(new Error('prepared'));
  const told = await tend(stateOf({ nodes: [node('m1'), node('m2'), node('m3', 'running')], busy: { m1: 1 }, waiting: 1 }), world);
  expect(asked).toEqual([['m3']]);
  expect(told.nodes.map(({ name, state }) => [name, state])).toEqual([['m3', 'destroyed']]);
});

test.each<[string, Given]>([
  ['a task whose results are not home may be tried again', { nodes: [node('m1'), node('m2')], busy: { m1: 1 }, uncollected: 1 }],
  [
    'a task may have to be tried elsewhere',
    { nodes: [node('m1'), node('m2')], busy: { m1: 1 }, parameters: { reschedule_failed_tasks: true, retry_elsewhere: true } },
  ],
  ['another iteration may follow', { nodes: [node('m1'), node('m2')], busy: { m1: 1 }, connector: { converged: () => ({ done: false }) } }],
])('none is given back while %s', async (_why, given) => {
  await tend(stateOf(given), world);
  expect(asked).toEqual([]);
});

test('in its last iteration a job needs no more machines than it has tasks', async () => {
  const given: Given = { nodes: [node('m1'), node('m2')], busy: { m1: 1 }, connector: { converged: () => ({ done: false }) } };
  await tend(stateOf({ ...given, parameters: { maximum_iterations: 1 } }), world);
  expect(asked).toEqual([['m2']]);
});

test('a machine that cannot be made ready holds up no other', async () => {
  const given: Given = { nodes: [node('m1'), node('m2', 'running')], busy: { m1: 1 }, waiting: 5 };
  prepare = () => Promise.reject(new KnownError('DISK_FULL', 'It is full.', { retryable: true }));
  expect((await tend(stateOf(given), world)).nodes).toEqual([expect.objectContaining({ state: 'running', note: 'It is full.' })]);
  prepare = () => Promise.reject(new KnownError('BAD_INPUT', 'No.'));
  expect((await tend(stateOf(given), world)).nodes).toEqual([expect.objectContaining({ state: 'lost', note: 'No.' })]);
  await expect(tend(stateOf({ ...given, nodes: [node('m2', 'running')], busy: {} }), world)).rejects.toMatchObject({ code: 'BAD_INPUT' });
});
