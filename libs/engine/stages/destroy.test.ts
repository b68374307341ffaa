import { DEFAULT_SETTINGS, KnownError, type Machine, type Platform, type Site, THIS_MACHINE, type World } from '@kiln/domain';
import { MemoryJob } from '@kiln/testing/memory-job';
import { expect, test } from 'vitest';
import { step } from '../step.ts';

const MACHINE: Machine = { name: 'job1-1', address: 'debian@10.0.0.1:22', root: '/home/debian/.kiln', slots: 1 };
const connector = {
  ...{ name: 'c', title: '', description: '', runsOn: [], parameters: [], defaults: {}, sweep: {}, reliability: false, input: null },
  ...{ outputs: [], stages: {}, payload: { bootstrap: false, schedule: false, copied: false, initial: false, placeholders: [] } },
};
const refused = new KnownError('LOGIN_REFUSED', 'debian may not log in.', { retryable: true });
const full = new KnownError('DISK_FULL', 'The disk is full.', { retryable: true });
const changed = new KnownError('HOST_KEY_CHANGED', 'Repin it.', { retryable: true });

/** The end of a cancelled job whose machine gives that trouble: how often it was blocked, what is left, and what was noted. */
async function end(kind: Platform['kind'], trouble: Partial<Record<'stop' | 'clean', KnownError>>) {
  const platform: Platform = {
    ...THIS_MACHINE,
    provider: kind === 'cloud' ? 'openstack' : 'ssh',
    name: 'p',
    kind,
    description: '',
    slots: 1,
    maxNodes: 1,
    settings: DEFAULT_SETTINGS,
  };
  const job = new MemoryJob({ connector, platform }, {}, () => 0);
  let there = [MACHINE];
  const does = (name: 'stop' | 'clean') => async () => {
    if (trouble[name]) throw trouble[name];
  };
  const site: Partial<Site> = {
    list: async () => there,
    stop: does('stop'),
    clean: does('clean'),
    destroy: async () => {
      there = [];
    },
  };
  // The end of a job that has no tasks touches only this of the world.
  const world = { site, now: () => 0, signal: new AbortController().signal, tasks: async () => [] } as unknown as World;
  job.cancel();
  let blocked = 0;
  let note = '';
  for (let steps = 0; steps < 30 && job.state().job.status !== 'cancelled'; steps += 1) {
    const done = await step(job.state(), world);
    if (done.blocked) blocked += 1;
    note = done.changes.note ?? note;
    job.save(done);
  }
  return { status: job.state().job.status, left: there.length, blocked, note };
}

test('a machine that was made for a job is given back though nobody can log in there or remove anything', async () => {
  const note = expect.stringContaining('given back with what was on them');
  expect(await end('cloud', { stop: refused })).toEqual({ status: 'cancelled', left: 0, blocked: 5, note });
  expect(await end('cloud', { clean: full })).toEqual({ status: 'cancelled', left: 0, blocked: 5, note });
});

test('a machine of a cloud that shows another host key is lost, and goes', async () => {
  const note = expect.stringContaining('shows another host key');
  expect(await end('cloud', { stop: changed, clean: changed })).toEqual({ status: 'cancelled', left: 0, blocked: 0, note });
});

test('on a machine that is simply there the job waits until it can be ended', async () => {
  expect(await end('unix', { stop: refused })).toMatchObject({ status: 'blocked', left: 1 });
});
