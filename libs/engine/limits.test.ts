import { FRESH, type Job, type JobState, newNode, type Parameters, type Platform } from '@kiln/domain';
import { MemoryJob } from '@kiln/testing/memory-job';
import { expect, test } from 'vitest';
import { overdue, timeLeft, withIdleness } from './limits.ts';

const HOUR = 3_600_000;
const machine = { name: 'm1', address: '', root: '/', slots: 1 };
const node = { ...newNode(machine, 2, 0), state: 'ready' as const };
const cloud = { name: 'sky', kind: 'cloud', provider: 'openstack', cloud: null } as Platform; // limits look at no more of it

function state(parameters: Parameters, more: Partial<JobState> = {}, job: Partial<Job> = {}): JobState {
  const fixed = { platform: cloud, connector: { name: 'pi' } as JobState['connector'] }; // the same
  const fresh = new MemoryJob(fixed, parameters, () => 0).state();
  return { ...fresh, nodes: [node], ...more, job: { ...fresh.job, stage: 'wait', ...job } };
}

test('a job ends when its machines have cost as much as they may, those that are gone too', () => {
  const gone = { ...newNode({ ...machine, name: 'm2' }, 4, 0), state: 'destroyed' as const, goneAt: new Date(HOUR).toISOString() };
  const costly = state({ job_cost_limit: '10' }, { nodes: [node, gone] }); // 4, and 2 an hour
  expect(overdue(costly, 2.9 * HOUR)).toBeNull();
  expect(timeLeft(costly, 2 * HOUR)).toBeCloseTo(HOUR, -1);
  expect(overdue(costly, 3 * HOUR)?.changes.ending).toMatchObject({ status: 'failed', code: 'COST_LIMIT' });
  expect(overdue(state({ job_cost_limit: '10' }, { nodes: [gone] }), 100 * HOUR)).toBeNull();
  expect(timeLeft(state({}), HOUR)).toBeNull();
});

test('a job ends when the machines of its owner have cost as much as they may', () => {
  expect(overdue(state({}, { budget: { limit: 5, spent: 4.9, perHour: 3 } }), HOUR)).toBeNull();
  expect(overdue(state({}, { budget: { limit: 5, spent: 5, perHour: 0 } }), HOUR)?.changes.ending).toMatchObject({
    code: 'COST_LIMIT',
    message: expect.stringContaining('your limit of 5 within 30 days'),
  });
});

test('nothing is a limit for a job on its way out', () => {
  const spent = { budget: { limit: 5, spent: 50, perHour: 3 } };
  expect(overdue(state({ job_cost_limit: '1' }, spent, { stage: 'destroy' }), HOUR)).toBeNull();
});

test('machines on which no task runs for too long end the job, and a task begins the count anew', () => {
  const working = { progress: { ...FRESH, bootstrapped: true } };
  const idle = state({ idle_time_limit: '1h' }, {}, working);
  const nothing = { stage: 'wait', changes: { again: 0 }, blocked: null } as const;
  const since = withIdleness(idle, nothing, HOUR).changes.progress?.idleSince;
  expect(since).toBe(new Date(HOUR).toISOString());
  const waiting = state({ idle_time_limit: '1h' }, {}, { progress: { ...working.progress, idleSince: since ?? null } });
  expect(overdue(waiting, 1.9 * HOUR)).toBeNull();
  expect(overdue(waiting, 2 * HOUR)?.changes.ending).toMatchObject({
    code: 'TIME_LIMIT',
    message: expect.stringContaining('without a task'),
  });
  const busy = { ...waiting, counts: { ...waiting.counts, running: 1 } };
  expect(withIdleness(busy, nothing, HOUR).changes.progress).toEqual({ idleSince: null });
});

test('machines that are bootstrapped, and those that are simply there, are not idle', () => {
  const nothing = { stage: 'bootstrap', changes: { again: 0 }, blocked: null } as const;
  expect(withIdleness(state({}), nothing, HOUR)).toBe(nothing);
  const there = state({}, { platform: { ...cloud, kind: 'unix' } }, { progress: { ...FRESH, bootstrapped: true } });
  expect(withIdleness(there, nothing, HOUR)).toBe(nothing);
});
