import type { StageName } from '@kiln/domain';
import { expect, test } from 'vitest';
import { loopsBack, stageViews } from './stage-view.ts';

test('stages before the current one are done, later ones ahead', () => {
  const looks = looksOf({ stage: 'bootstrap', status: 'active', ending: null, met: ['configure', 'create', 'bootstrap'] });
  expect(looks.slice(0, 4)).toEqual(['done', 'done', 'current', 'ahead']);
});

test('in a later iteration the stages behind the current one are ahead again', () => {
  const looks = looksOf({
    stage: 'execute',
    status: 'active',
    ending: null,
    met: ['configure', 'create', 'bootstrap', 'schedule', 'execute', 'wait', 'transform', 'converge'],
  });
  expect(looks.slice(4)).toEqual(['current', 'ahead', 'ahead', 'ahead', 'ahead']);
});

test('a failed job shows the stage that it left for destroy, and what it never reached', () => {
  const looks = looksOf({
    stage: 'destroy',
    status: 'failed',
    ending: { code: 'BOOTSTRAP_FAILED' },
    met: ['configure', 'create', 'bootstrap', 'destroy'],
  });
  expect(looks).toEqual(['done', 'done', 'failed', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped', 'done']);
});

test('the ways back within a life are retries and the next iteration', () => {
  expect(loopsBack()).toEqual([
    { from: 'wait', to: 'schedule' },
    { from: 'converge', to: 'schedule' },
  ]);
});

function looksOf({ met, ...job }: { stage: StageName; status: 'active' | 'failed'; ending: { code: string } | null; met: StageName[] }) {
  const stageTimes = met.map((stage, at) => ({
    stage,
    enteredAt: `2026-01-01T00:00:0${at}Z`,
    leftAt: stage === job.stage && job.status === 'active' ? null : `2026-01-01T00:00:0${at + 1}Z`,
    milliseconds: 1000,
  }));
  return stageViews({ ...job, stageTimes }).map(({ look }) => look);
}
