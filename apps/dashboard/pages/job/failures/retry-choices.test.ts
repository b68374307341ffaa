import { expect, test } from 'vitest';
import { retryChoices } from './retry-choices.ts';

const OOM = [{ code: 'OUT_OF_MEMORY' }];
const LATE = [{ code: 'TIME_LIMIT' }];
const cluster = { kind: 'slurm', resources: {} };
const machine = { kind: 'unix', resources: {} };

test('on a cluster, twice the memory that the job asks for, or what the platform asks for it', () => {
  const [memory] = retryChoices({ parameters: { memory: '2 GB' }, failures: OOM }, cluster);
  expect(memory).toMatchObject({ what: 'memory', amount: '4 GB', parameters: { memory: '4 GB' }, called: true });
  const [usual] = retryChoices({ parameters: { memory: '' }, failures: LATE }, { ...cluster, resources: { memory: 500 } });
  expect(usual).toMatchObject({ amount: '1000 MB', called: false });
});

test('what is not known is asked for', () => {
  expect(retryChoices({ parameters: {}, failures: OOM }, cluster)).toMatchObject([
    { what: 'memory', parameter: 'memory', amount: null, parameters: {}, called: true },
    { what: 'time', parameter: 'walltime', amount: null, parameters: {}, called: false },
  ]);
});

test('the shorter limit of time is doubled, and the other one only if it would stand in the way', () => {
  const time = (parameters: Record<string, string>) => retryChoices({ parameters, failures: LATE }, cluster).at(-1);
  expect(time({ walltime: '1h', task_time_limit: '10m' })).toMatchObject({ amount: '20m', parameters: { task_time_limit: '20m' } });
  expect(time({ walltime: '1h', task_time_limit: '45m' })?.parameters).toEqual({ walltime: '1h 30m', task_time_limit: '1h 30m' });
});

test('a machine without a scheduler is not asked for memory, and for time only where there is a limit', () => {
  expect(retryChoices({ parameters: { memory: '2 GB', walltime: '1h' }, failures: OOM }, machine)).toEqual([]);
  expect(retryChoices({ parameters: { task_time_limit: '90s' }, failures: LATE }, machine)).toMatchObject([
    { what: 'time', amount: '3m', parameters: { task_time_limit: '3m' } },
  ]);
});
