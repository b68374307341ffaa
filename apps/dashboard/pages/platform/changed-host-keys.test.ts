import { expect, test } from 'vitest';
import { changedHostKeys } from './changed-host-keys.ts';

const OLD = `SHA256:${'a'.repeat(43)}`;
const NEW = `SHA256:${'b+/'.repeat(14)}c`;
const hostKeys = [{ address: 'hpc:22', type: 'ssh-ed25519', fingerprint: OLD }];

test('the key that was met instead of the pinned one is found in what the check says', () => {
  const message = `hpc:22 shows another host key (${NEW}) than the one that was pinned (${OLD}). Ask its administrator.`;
  expect(changedHostKeys({ hostKeys, findings: [{ status: 'failed', message }] })).toEqual([NEW]);
});

test('nothing has changed while the check finds the pinned key', () => {
  expect(changedHostKeys({ hostKeys, findings: [{ status: 'ok', message: `The host key is ${NEW}.` }] })).toEqual([]);
  expect(changedHostKeys({ hostKeys, findings: [{ status: 'failed', message: `${OLD} is pinned.` }] })).toEqual([]);
});
