import { isIP } from 'node:net';
import { z } from 'zod';
import { KEYS } from '../marks.ts';
import { nameIn } from '../numbers.ts';
import type { CloudMachine, CloudUse, Purpose, Seen } from '../provider.ts';
import { sentence } from '../sentence.ts';
import { listed, read } from './pages.ts';
import type { Session } from './session.ts';

/** https://docs.openstack.org/api-ref/compute/#list-servers-detailed */
const serverShape = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  created: z.string(),
  metadata: z.record(z.string(), z.string()).default({}),
  addresses: z
    .record(z.string(), z.array(z.object({ version: z.number(), addr: z.string(), 'OS-EXT-IPS:type': z.string().optional() })))
    .default({}),
  fault: z.object({ message: z.string() }).optional(),
});
type Server = z.infer<typeof serverShape>;

/** All of the project are looked at; what bears no mark of this installation and platform is nobody's business. */
export async function listServers(
  session: Session,
  { cloud, installation }: CloudUse,
  signal: AbortSignal,
): Promise<readonly CloudMachine[]> {
  const { all, at } = await listed(session, 'compute', '/servers/detail', 'servers', serverShape, signal);
  const each = new Map(all.map((server) => [server.id, server])); // what moves while the pages are read may be on two of them
  const ours = [...each.values()].filter(({ metadata, status }) => {
    const marked = metadata[KEYS.installation] === installation && metadata[KEYS.platform] === cloud.tag;
    return marked && !isGone(status);
  });
  const known = await Promise.all(ours.map((server) => withFault(session, server, signal)));
  return known
    .sort((a, b) => Date.parse(a.created) - Date.parse(b.created) || a.id.localeCompare(b.id))
    .map((server) => machineOf(server, at));
}

/** Lists do not tell why a server failed; a look at the one does. */
async function withFault(session: Session, server: Server, signal: AbortSignal): Promise<Server> {
  if (stateOf(server.status) !== 'failed' || server.fault) return server;
  const { status, body } = await session.call({ service: 'compute', path: `/servers/${server.id}` }, signal, [404]);
  return status === 404 ? server : read(z.object({ server: serverShape }), body, 'a server').server;
}

function machineOf(server: Server, at: number): CloudMachine {
  const { id, metadata, status, created, fault } = server;
  const [job, number] = [metadata[KEYS.job] ?? '', Number(metadata[KEYS.number] ?? 0)];
  const name = nameIn(job, number); // others may call it otherwise
  const [hostKey, home] = [metadata[KEYS.hostKey], metadata[KEYS.home]];
  return {
    id,
    name,
    job,
    number,
    state: stateOf(status),
    address: addressOf(server),
    age: Math.max(0, (at - timeOf(created, at)) / 1000),
    seen: hostKey && home ? { hostKey, home } : null,
    fault: stateOf(status) === 'failed' ? `${name} is in the state ${status}${fault ? `: ${sentence(fault.message)}` : '.'}` : null,
  };
}

/** A time that cannot be read is now, so that the machine is listed all the same, and can be given back. */
function timeOf(created: string, at: number): number {
  const time = Date.parse(created);
  return Number.isNaN(time) ? at : time;
}

/** Those in which a machine stays that somebody else stopped, or the cloud. */
const STOPPED = ['SHUTOFF', 'SUSPENDED', 'PAUSED', 'SHELVED', 'SHELVED_OFFLOADED'];

/** https://docs.openstack.org/api-guide/compute/server_concepts.html: what is not known may pass. */
function stateOf(status: string): CloudMachine['state'] {
  if (status === 'ERROR' || STOPPED.includes(status)) return 'failed';
  return status === 'ACTIVE' ? 'up' : 'coming';
}

/** One that leads there from outside before one within, and IPv4 before IPv6. */
function addressOf({ addresses }: Server): string | null {
  const all = Object.values(addresses)
    .flat()
    .filter(({ addr }) => isIP(addr) !== 0);
  const rank = ({ version, 'OS-EXT-IPS:type': type }: (typeof all)[number]) => (type === 'floating' ? 0 : 2) + (version === 4 ? 0 : 1);
  return all.sort((a, b) => rank(a) - rank(b))[0]?.addr ?? null;
}

/** What a server is made of, by ids. */
export interface Parts {
  readonly image: string;
  readonly size: string;
  readonly network: string;
  readonly keyPair: string;
  readonly group: string;
}

/** Marked in the very call that makes it: https://docs.openstack.org/api-ref/compute/#create-server */
export async function createServer(
  session: Session,
  { cloud, installation }: CloudUse,
  parts: Parts,
  { job, number, name }: Purpose,
  signal: AbortSignal,
): Promise<void> {
  const metadata = {
    [KEYS.installation]: installation,
    [KEYS.platform]: cloud.tag,
    [KEYS.job]: job,
    [KEYS.number]: String(number),
  };
  const server = {
    name,
    imageRef: parts.image,
    flavorRef: parts.size,
    key_name: parts.keyPair,
    security_groups: [{ name: parts.group }],
    networks: [{ uuid: parts.network }],
    ...(cloud.zone && { availability_zone: cloud.zone }),
    ...(cloud.userData && { user_data: Buffer.from(cloud.userData).toString('base64') }),
    metadata,
  };
  await session.call({ service: 'compute', path: '/servers', method: 'POST', body: { server } }, signal);
}

export async function noteOnServer(session: Session, id: string, { hostKey, home }: Seen, signal: AbortSignal): Promise<void> {
  const metadata = { [KEYS.hostKey]: hostKey, [KEYS.home]: home };
  await session.call({ service: 'compute', path: `/servers/${id}/metadata`, method: 'POST', body: { metadata } }, signal);
}

export async function deleteServer(session: Session, id: string, signal: AbortSignal): Promise<void> {
  // 409 is one that is just being worked on: the next look asks again.
  await session.call({ service: 'compute', path: `/servers/${id}`, method: 'DELETE' }, signal, [404, 409]);
}

export async function isServerThere(session: Session, id: string, signal: AbortSignal): Promise<boolean> {
  const { status, body } = await session.call({ service: 'compute', path: `/servers/${id}` }, signal, [404]);
  return status !== 404 && !isGone(read(z.object({ server: serverShape }), body, 'a server').server.status);
}

function isGone(status: string): boolean {
  return status === 'DELETED' || status === 'SOFT_DELETED';
}
