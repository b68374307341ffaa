import { expect, test } from 'vitest';
import { samplePlatform } from '../../testing/sample-platform.ts';
import { platformLabel, resourceHint } from './platform-hints.ts';

test('a platform to choose says its kind, and its state if that is not as it should be', () => {
  expect(platformLabel(samplePlatform())).toBe('hpc · Slurm cluster');
  expect(platformLabel(samplePlatform({ state: 'trouble' }))).toBe('hpc · Slurm cluster · in trouble');
  expect(platformLabel(samplePlatform({ name: 'local', kind: 'unix', provider: 'local' }))).toBe('local · this machine');
});

test('the queues of the cluster are offered with their limits', () => {
  expect(resourceHint('queue', samplePlatform())).toEqual({
    placeholder: 'short unless you say otherwise',
    choices: [
      { value: 'short', label: 'short: up to 12h, 64 nodes' },
      { value: 'old', label: 'old: closed, any walltime' },
    ],
  });
});

test('what the platform asks for stands in the fields that are blank', () => {
  expect(resourceHint('walltime', samplePlatform())).toEqual({ placeholder: '4h unless you say otherwise' });
  expect(resourceHint('memory', samplePlatform())).toEqual({});
  expect(resourceHint('samples', samplePlatform())).toEqual({});
});
