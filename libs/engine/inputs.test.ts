import { type JobState, KnownError, type World } from '@kiln/domain';
import { expect, test } from 'vitest';
import { bringInputs } from './inputs.ts';

test('how large the input is, is asked only if the storage at home can tell its room', async () => {
  const state = { job: { iteration: 0, branchOf: null } } as unknown as JobState;
  const asked: string[] = [];
  const input = {
    look: async () => ({ whole: false, names: ['a'] }),
    size: async () => asked.push('size'),
    async *pack() {},
    outlet: () => undefined,
  };
  const storage = { unpack: async () => void asked.push('unpack') };
  const metered = (_direction: unknown, stream: unknown) => stream;
  const world = { input, storage, metered, direct: async () => false } as unknown as World; // nothing else is looked at
  await bringInputs(state, world);
  expect(asked).toEqual(['unpack']);
  const full = async () => Promise.reject(new KnownError('DISK_FULL', 'Full.', { retryable: true }));
  const crammed = { ...world, storage: { ...world.storage, needRoom: full } };
  await expect(bringInputs(state, crammed)).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(asked).toEqual(['unpack', 'size']);
});
