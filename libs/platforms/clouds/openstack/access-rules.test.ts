import { expect, test } from 'vitest';
import { accessRules } from '../../testing/access-rules.ts';
import { CLOUD, OpenStackDouble } from '../../testing/open-stack.ts';
import { openStack } from './openstack.ts';
import { openSession } from './session.ts';

test('the access rules that the documents give allow the calls that Kiln makes, and no others', async () => {
  const double = new OpenStackDouble();
  const cloud = { ...CLOUD, floatingNetwork: 'public', bootTimeout: 0 };
  const session = openSession(cloud, { kind: 'application-credential', id: 'i', secret: 's' }, double.ask);
  const provider = (publicKey: string, sourceRange: string) =>
    openStack(session, { cloud: { ...cloud, sourceRange }, installation: 'abcd', publicKey }, new AbortController().signal);
  await provider('ssh-ed25519 BBBB', '192.0.2.7/32').admit();
  const there = provider('ssh-ed25519 AAAA', '192.0.2.0/24');
  await there.choices();
  await there.quota();
  for (const number of [1, 2]) await there.create({ job: 'pi7', number, name: `pi7-${number}` });
  for (const { id } of await there.list()) await there.note(id, { hostKey: 'ssh-ed25519 A', home: '/' });
  for (const machine of await there.list()) await there.expose?.(machine);
  double.become('pi7-1', 'ERROR');
  double.servers.pop();
  for (const { id } of await there.list()) await there.isThere(id);
  for (const { id } of await there.list()) await there.destroy(id);
  await there.withdraw();

  const made = [...new Set(double.calls)].filter((call) => !call.endsWith('/v3/auth/tokens'));
  const rules = await accessRules();
  const allows = ({ service, method, path }: (typeof rules)[number], call: string) =>
    new RegExp(`^${method} /${service}${path.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`).test(call); // as keystonemiddleware reads them
  expect(made.filter((call) => !rules.some((rule) => allows(rule, call)))).toEqual([]);
  expect(rules.filter((rule) => !made.some((call) => allows(rule, call)))).toEqual([]);
});
