import { expect, test } from 'vitest';
import type { Job } from '../../lib/documents.ts';
import { type JobList, mergeChanged } from './merge-changed.ts';

test('a new job comes first, and a changed one is replaced where it stands', () => {
  const list = mergeChanged(listOf([job('2'), job('1')]), [job('3'), job('1', { status: 'succeeded', lastSeq: 9 })], {});
  expect(list.jobs.map(({ id, status }) => `${id} ${status}`)).toEqual(['3 active', '2 active', '1 succeeded']);
  expect(list.total).toBe(3);
});

test('a job that the filter no longer wants goes, and one that it wants now comes', () => {
  const list = mergeChanged(listOf([job('1')]), [job('1', { status: 'failed', lastSeq: 9 }), job('2')], { status: ['active'] });
  expect(list.jobs.map(({ id }) => id)).toEqual(['2']);
  expect(list.total).toBe(1);
});

test('news that are older than what is known change nothing', () => {
  const list = mergeChanged(listOf([job('1', { status: 'succeeded', lastSeq: 9 })]), [job('1', { lastSeq: 5 })], {});
  expect(list.jobs[0]?.status).toBe('succeeded');
});

test('a job behind the last loaded one waits for its page', () => {
  const list = mergeChanged({ ...listOf([job('9'), job('8')]), more: true, total: 9 }, [job('3', { lastSeq: 9 })], {});
  expect(list.jobs).toHaveLength(2);
  expect(list.total).toBe(9);
});

test('the text is looked for in name, number and values', () => {
  const changed = [job('7', { parameters: { label: 'Night run' } }), job('8')];
  expect(mergeChanged(listOf([]), changed, { text: 'night' }).jobs.map(({ id }) => id)).toEqual(['7']);
  expect(mergeChanged(listOf([]), changed, { text: '8' }).jobs.map(({ id }) => id)).toEqual(['8']);
});

function listOf(jobs: readonly Job[]): JobList {
  return { jobs, total: jobs.length, endCursor: null, more: false };
}

function job(id: string, more: Partial<Job> = {}): Job {
  const counts = { total: 0, waiting: 0, scheduled: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
  return {
    ...{
      id,
      directory: `pi${id}`,
      connector: 'pi',
      version: 'v',
      platform: 'local',
      parameters: {},
      retryOf: null,
      stage: 'wait',
      status: 'active',
    },
    ...{ iteration: 0, criteria: [], lastSeq: 1, createdAt: '2026-01-01T00:00:00Z', endedAt: null, output: { storage: 'local', path: '' } },
    ...{ ending: null, blocked: null, counts },
    ...more,
  };
}
