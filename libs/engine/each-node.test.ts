import { DEFAULT_SETTINGS, type JobState, KnownError, type Node, newNode, type Platform, THIS_MACHINE, type World } from '@kiln/domain';
import { MemoryJob } from '@kiln/testing/memory-job';
import { expect, test } from 'vitest';
import { OutOfReach, onEachNode } from './each-node.ts';
import { blockedBy } from './step.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const away = new KnownError('PLATFORM_UNAVAILABLE', 'No route to host.', { retryable: true });
const payload = { bootstrap: false, schedule: false, copied: false, initial: false, placeholders: [] };
const connector = {
  name: 'c',
  title: '',
  description: '',
  runsOn: [],
  parameters: [],
  defaults: {},
  sweep: {},
  reliability: false,
  input: null,
  outputs: [],
  stages: {},
};
const platform: Platform = {
  ...THIS_MACHINE,
  ...{ name: 'hpc', kind: 'unix', description: '', slots: 1, maxNodes: 2 },
  settings: { ...DEFAULT_SETTINGS, limits: { ...DEFAULT_SETTINGS.limits, lostAfter: HOUR / 1000 } },
};

let now = 0;
const state: JobState = new MemoryJob({ connector: { ...connector, payload }, platform }, {}, () => now).state();
// Of the world, nodes that cannot be reached touch only this.
const world = { now: () => now, signal: new AbortController().signal, tasks: async () => [] } as unknown as World;

/** Looks at two nodes, one of which cannot be reached, and gives back that one. */
async function look(node: Node): Promise<Node> {
  const near = newNode({ name: 'near', address: '', root: '/', slots: 1 }, null, 0);
  const { changed } = await onEachNode(state, world, [near, node], async ({ name }) => {
    if (name === 'far') throw away;
  });
  return changed[0] ?? node;
}

const far = newNode({ name: 'far', address: '', root: '/', slots: 1 }, null, 0);

test('a machine that is looked for in vain for longer than its limit is lost', async () => {
  let node = await look(far);
  for (now = 0; now < HOUR; now += MINUTE) node = await look(node);
  expect(node.state).toBe('running');
  now += 2 * MINUTE;
  expect(await look(node)).toMatchObject({ state: 'lost' });
});

test('time in which nobody looked, as while a laptop sleeps, does not count', async () => {
  now = 0;
  let node = await look(far);
  now = 50 * HOUR;
  for (let i = 0; i < 59; i += 1, now += MINUTE) node = await look(node);
  expect(node).toMatchObject({ state: 'running', unreachableSince: new Date(50 * HOUR).toISOString() });
  now += 3 * MINUTE;
  expect(await look(node)).toMatchObject({ state: 'lost' });
});

test('a machine that was away before all were away is lost, too, and a long step is no sleep', async () => {
  now = 0;
  let nodes = [await look(far), newNode({ name: 'near', address: '', root: '/', slots: 1 }, null, 0)];
  let lost: string[] = [];
  for (; lost.length === 0 && now < 48 * HOUR; ) {
    const away2 = () => Promise.reject(away);
    now += 14 * MINUTE; // the pause is short; it is the look that takes so long
    const found = await onEachNode(state, { ...world, now: later() }, nodes, away2).catch((error: unknown) => error);
    if (found instanceof OutOfReach) nodes = [...found.nodes];
    else lost = (found as Awaited<ReturnType<typeof onEachNode>>).changed.filter(({ state }) => state === 'lost').map(({ name }) => name);
  }
  expect(lost).toEqual(['far', 'near']);
  expect(now).toBeLessThan(3 * HOUR);
});

/** A look that begins a minute after the one before and ends now. */
function later(): () => number {
  let first = true;
  return () => {
    const at = first ? now - 13 * MINUTE : now;
    first = false;
    return at;
  };
}

test('a job that was blocked before a sleep counts from the wake-up, too', () => {
  const first = blockedBy(away, state.job, 0).blocked;
  const second = blockedBy(away, { ...state.job, blocked: first }, 2 * MINUTE).blocked;
  expect(second?.since).toBe(first?.since);
  expect(blockedBy(away, { ...state.job, blocked: second }, 9 * HOUR).blocked?.since).toBe(new Date(9 * HOUR).toISOString());
});

test('trouble of a cloud is not taken for trouble of its machines', async () => {
  const trouble = new KnownError('CLOUD_UNAVAILABLE', 'The cloud is busy.', { retryable: true });
  const looked = onEachNode(state, world, [far], () => Promise.reject(trouble));
  await expect(looked).rejects.toBe(trouble);
});
