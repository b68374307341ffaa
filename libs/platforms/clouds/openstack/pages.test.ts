import { expect, test } from 'vitest';
import { CLOUD, OpenStackDouble } from '../../testing/open-stack.ts';
import type { CloudProvider } from '../provider.ts';
import type { Ask } from './http.ts';
import { openStack } from './openstack.ts';
import { openSession } from './session.ts';

const double = new OpenStackDouble();

function providerWith(ask: Ask = double.ask): CloudProvider {
  const session = openSession(CLOUD, { kind: 'application-credential', id: 'i', secret: 's' }, ask);
  return openStack(session, { cloud: CLOUD, installation: 'abcd', publicKey: 'ssh-ed25519 AAAA kiln' }, new AbortController().signal);
}

test('a list is whole, and has each machine once, though the one at which a page ends goes meanwhile', async () => {
  for (const number of [1, 2, 3, 4, 5]) await providerWith().create({ job: 'pi7', number, name: `pi7-${number}` });
  const ask: Ask = async (asking, signal) => {
    const answer = await double.ask(asking, signal);
    if (asking.url.endsWith('/servers/detail')) double.servers = double.servers.filter(({ name }) => name !== 'pi7-2');
    return answer;
  };
  const names = async (provider: CloudProvider) => (await provider.list()).map(({ name }) => name).sort();
  const left = ['pi7-1', 'pi7-3', 'pi7-4', 'pi7-5'];
  expect(await names(providerWith(ask))).toEqual(left);
  double.servers.push(...double.servers.slice(0, 1)); // moved on to a later page
  expect(await names(providerWith())).toEqual(left);
});

test('a machine of which the cloud says odd things is listed under its own name, and can be given back', async () => {
  const [odd] = double.servers;
  Object.assign(odd ?? {}, {
    name: 'evil',
    created: 'garbage',
    status: 'ACTIVE',
    addresses: { net: [{ version: 4, addr: '10.0.0.1\0' }] },
  });
  const found = (await providerWith().list()).find(({ id }) => id === odd?.id);
  expect(found).toMatchObject({ name: 'pi7-1', age: 0, address: null });
});

test('a list that has no end takes neither the memory of all nor for ever', async () => {
  const endless: Ask = async (asking, signal) => ({ ...(await double.ask(asking, signal)), size: 33 * 1024 * 1024 });
  double.page = 1;
  await expect(providerWith(endless).list()).rejects.toMatchObject({ message: expect.stringContaining('more than 64 MiB') });
});
