import { KnownError } from '@kiln/domain';
import { expect, test } from 'vitest';
import { createHostKeys } from './host-keys.ts';
import type { CloudMachine, CloudProvider } from './provider.ts';

const away = new KnownError('PLATFORM_UNAVAILABLE', 'The cloud is busy.', { retryable: true });
const machine = (hostKey: string): CloudMachine => ({
  ...{ id: hostKey, job: 'pi7', number: 1, name: 'pi7-1', state: 'up', address: '10.0.0.1', age: 1, fault: null },
  seen: { hostKey, home: '/home/debian' },
});
// Host keys touch nothing but the list.
const listing = (list: CloudProvider['list']) => ({ list }) as CloudProvider;

test('a machine is still logged in to while the cloud cannot be asked', async () => {
  const keys = createHostKeys();
  await keys.remembering(listing(async () => [machine('ssh-ed25519 A')])).list();
  expect(
    await keys.of(
      listing(() => Promise.reject(away)),
      'pi7-1',
    ),
  ).toBe('ssh-ed25519 A');
});

test('trouble of the cloud is not taken for trouble of a machine that nobody remembers', async () => {
  await expect(
    createHostKeys().of(
      listing(() => Promise.reject(away)),
      'pi7-1',
    ),
  ).rejects.toMatchObject({
    ...{ code: 'CLOUD_UNAVAILABLE', retryable: true, message: 'The cloud is busy.' },
  });
});

test('a machine that the cloud does not list is lost, and one that was made anew shows its own key', async () => {
  const keys = createHostKeys();
  await keys.remembering(listing(async () => [machine('ssh-ed25519 A')])).list();
  expect(
    await keys.of(
      listing(async () => [machine('ssh-ed25519 B')]),
      'pi7-1',
    ),
  ).toBe('ssh-ed25519 B');
  await expect(
    keys.of(
      listing(async () => []),
      'pi7-1',
    ),
  ).rejects.toMatchObject({ code: 'NODE_LOST' });
});
