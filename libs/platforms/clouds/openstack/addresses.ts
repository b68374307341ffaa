import { KnownError } from '@kiln/domain';
import { z } from 'zod';
import type { CloudMachine, CloudUse } from '../provider.ts';
import { listed } from './pages.ts';
import type { Session } from './session.ts';

/** A floating address that was made for a server of this installation and platform, which may be gone. */
interface FloatingAddress {
  readonly id: string;
  readonly address: string;
  /** Whether it leads to a server. */
  readonly leads: boolean;
  /** Seconds, by the cloud's clock. */
  readonly age: number;
  readonly job: string;
  readonly number: number;
  /** Id of the server. */
  readonly server: string;
}

const addressShape = z.object({
  id: z.string(),
  floating_ip_address: z.string(),
  port_id: z.string().nullish(),
  description: z.string().nullish(),
  created_at: z.string().optional(),
});

/**
 * https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips. Their descriptions tell whose they are and for what: tags can only
 * be given to one that is there already.
 */
export async function listAddresses(session: Session, use: CloudUse, signal: AbortSignal): Promise<readonly FloatingAddress[]> {
  const { all, at } = await listed(session, 'network', '/floatingips', 'floatingips', addressShape, signal);
  return all.flatMap(({ id, floating_ip_address: address, port_id, description, created_at }) => {
    const [kiln, installation, tag, job, number, server] = (description ?? '').split(' ');
    if (kiln !== 'kiln' || installation !== use.installation || tag !== use.cloud.tag || !job || !server) return [];
    const age = created_at === undefined ? 0 : Math.max(0, (at - Date.parse(created_at)) / 1000);
    return { id, address, leads: Boolean(port_id), age, job, number: Number(number), server };
  });
}

function markOf({ cloud, installation }: CloudUse, { job, number, id }: CloudMachine): string {
  return `kiln ${installation} ${cloud.tag} ${job} ${number} ${id}`;
}

const LEFT = 'address:';

/** Whether it is the id of an address that a machine has left. */
export function isLeft(id: string): boolean {
  return id.startsWith(LEFT);
}

/**
 * Machines are reached by the addresses that were made for them; one that somebody has logged in on before there were such, as it was then. An
 * address whose machine is not there is like a machine that failed: it is given back as they are.
 */
export function reachedBy(addresses: readonly FloatingAddress[], machines: readonly CloudMachine[]): readonly CloudMachine[] {
  const leading = new Map(addresses.filter(({ leads }) => leads).map(({ server, address }) => [server, address]));
  const there = new Set(machines.map(({ id }) => id));
  return [
    ...machines.map((one) => ({ ...one, address: leading.get(one.id) ?? (one.seen ? one.address : null) })),
    ...addresses.filter(({ server }) => !there.has(server)).map(left),
  ];
}

function left({ id, address, age, job, number }: FloatingAddress): CloudMachine {
  const name = `${job}-${number}`;
  const fault = `${name} is gone, and its address ${address} is left.`;
  return { id: `${LEFT}${id}`, job, number, name, state: 'failed', address: null, age, seen: null, fault };
}

const portShape = z.object({ id: z.string() });

/** Made, marked and led to the server in one call, of which the cloud does only one for each server and network. */
export async function makeAddress(
  session: Session,
  use: CloudUse,
  machine: CloudMachine,
  network: string,
  signal: AbortSignal,
): Promise<void> {
  const own = await addressesOf(session, use, machine.id, signal);
  if (own.some(({ leads }) => leads)) return;
  for (const { id } of own) await release(session, id, signal); // somebody has led it away
  const { all } = await listed(session, 'network', `/ports?device_id=${machine.id}`, 'ports', portShape, signal);
  const [port] = all;
  if (!port) throw new KnownError('PLATFORM_UNAVAILABLE', `The cloud shows no port of ${machine.name} yet.`, { retryable: true });
  const floatingip = { floating_network_id: network, port_id: port.id, description: markOf(use, machine) };
  await session.call({ service: 'network', path: '/floatingips', method: 'POST', body: { floatingip } }, signal);
}

/** All that were made for a server. */
export async function releaseAddressesOf(session: Session, use: CloudUse, server: string, signal: AbortSignal): Promise<void> {
  for (const { id } of await addressesOf(session, use, server, signal)) await release(session, id, signal);
}

async function addressesOf(session: Session, use: CloudUse, server: string, signal: AbortSignal): Promise<readonly FloatingAddress[]> {
  return (await listAddresses(session, use, signal)).filter((address) => address.server === server);
}

export async function releaseLeft(session: Session, id: string, signal: AbortSignal): Promise<void> {
  await release(session, id.slice(LEFT.length), signal);
}

async function release(session: Session, id: string, signal: AbortSignal): Promise<void> {
  await session.call({ service: 'network', path: `/floatingips/${id}`, method: 'DELETE' }, signal, [404]);
}

export async function isLeftThere(session: Session, id: string, signal: AbortSignal): Promise<boolean> {
  const { status } = await session.call({ service: 'network', path: `/floatingips/${id.slice(LEFT.length)}` }, signal, [404]);
  return status !== 404;
}
