import { isDeepStrictEqual } from 'node:util';
import { KnownError } from '@kiln/domain';
import { z } from 'zod';
import { nameOfOurs } from '../marks.ts';
import type { CloudUse } from '../provider.ts';
import { listed, read } from './pages.ts';
import type { Session } from './session.ts';

/** Both are looked for first, and what another worker has made meanwhile will do. */
export async function admit(session: Session, use: CloudUse, signal: AbortSignal): Promise<{ keyPair: string; group: string }> {
  const [keyPair, group] = await Promise.all([ensureKeyPair(session, use, signal), ensureGroup(session, use, signal)]);
  return { keyPair, group };
}

const keyPairShape = z.object({ keypair: z.object({ public_key: z.string() }) });

/** https://docs.openstack.org/api-ref/compute/#keypairs-keypairs */
async function ensureKeyPair(session: Session, use: CloudUse, signal: AbortSignal): Promise<string> {
  const name = nameOfOurs(use);
  const path = `/os-keypairs/${name}`;
  const found = await session.call({ service: 'compute', path }, signal, [404]);
  if (found.status !== 404) {
    if (keyIn(read(keyPairShape, found.body, 'key pairs').keypair.public_key) === keyIn(use.publicKey)) return name;
    await session.call({ service: 'compute', path, method: 'DELETE' }, signal, [404]); // of a check that was cut short
  }
  const body = { keypair: { name, public_key: use.publicKey } };
  await session.call({ service: 'compute', path: '/os-keypairs', method: 'POST', body }, signal, [409]);
  return name;
}

/** Without what stands beside it. */
function keyIn(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(' ');
}

const groupShape = z.object({
  id: z.string(),
  name: z.string(),
  security_group_rules: z
    .array(
      z.object({
        id: z.string(),
        direction: z.string(),
        protocol: z.string().nullish(),
        port_range_min: z.number().nullish(),
        port_range_max: z.number().nullish(),
        remote_ip_prefix: z.string().nullish(),
      }),
    )
    .default([]),
});

function groupsOf(session: Session, use: CloudUse, signal: AbortSignal) {
  return listed(session, 'network', `/security-groups?name=${nameOfOurs(use)}`, 'security_groups', groupShape, signal);
}

/** https://docs.openstack.org/api-ref/network/v2/#security-groups-security-groups. Their names are not unique: the first counts. */
async function ensureGroup(session: Session, use: CloudUse, signal: AbortSignal): Promise<string> {
  const { cloud, installation } = use;
  let { all } = await groupsOf(session, use, signal);
  if (all.length === 0) {
    const group = { name: nameOfOurs(use), description: `SSH to machines of Kiln ${installation}` };
    await session.call({ service: 'network', path: '/security-groups', method: 'POST', body: { security_group: group } }, signal);
    ({ all } = await groupsOf(session, use, signal));
  }
  const [first] = [...all].sort((a, b) => a.id.localeCompare(b.id));
  if (!first)
    throw new KnownError('PLATFORM_UNAVAILABLE', 'The cloud does not show the security group that Kiln made.', { retryable: true });
  const ways = first.security_group_rules.filter(({ direction }) => direction === 'ingress');
  const way = { protocol: 'tcp', port_range_min: 22, port_range_max: 22, remote_ip_prefix: cloud.sourceRange };
  const isOurs = (rule: (typeof ways)[number]) => isDeepStrictEqual({ ...rule, id: '', direction: '' }, { ...way, id: '', direction: '' });
  for (const { id } of ways.filter((rule) => !isOurs(rule))) {
    await session.call({ service: 'network', path: `/security-group-rules/${id}`, method: 'DELETE' }, signal, [404]);
  }
  if (ways.some(isOurs)) return first.id;
  const rule = {
    ...{ security_group_id: first.id, direction: 'ingress', ethertype: cloud.sourceRange.includes(':') ? 'IPv6' : 'IPv4' },
    ...way,
  };
  await session.call(
    { service: 'network', path: '/security-group-rules', method: 'POST', body: { security_group_rule: rule } },
    signal,
    [409],
  );
  return first.id;
}

/** A group that a machine still uses is not removed: 409, and then the next try is. */
export async function withdraw(session: Session, use: CloudUse, signal: AbortSignal): Promise<void> {
  await session.call({ service: 'compute', path: `/os-keypairs/${nameOfOurs(use)}`, method: 'DELETE' }, signal, [404]);
  const { all } = await groupsOf(session, use, signal);
  for (const { id } of all) await session.call({ service: 'network', path: `/security-groups/${id}`, method: 'DELETE' }, signal, [404]);
}
