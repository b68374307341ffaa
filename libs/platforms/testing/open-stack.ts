import { randomUUID } from 'node:crypto';
import { type Cloud, KnownError } from '@kiln/domain';
import type { Answer, Ask, Asking } from '../clouds/openstack/http.ts';

/** What a test has the next matching call come to, in place of or after its effect. */
export interface Fault {
  readonly method: Asking['method'];
  readonly path: RegExp;
  /** The call has its effect, and nobody hears of it. */
  readonly lost?: true;
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How often; default once. */
  times?: number;
}

interface Server {
  readonly id: string;
  readonly name: string;
  status: string;
  readonly created: string;
  metadata: Record<string, string>;
  addresses: Record<string, unknown>;
  /** Base64. */
  readonly user_data?: string;
  fault?: { message: string };
}

interface FloatingAddress {
  readonly id: string;
  readonly floating_ip_address: string;
  readonly floating_network_id: string;
  port_id: string | null;
  readonly description: string;
  readonly created_at: string;
}

const ROOT = 'https://cloud.example.org';

/** A platform there. */
export const CLOUD: Cloud = {
  ...{ provider: 'openstack', tag: 'ours', endpoint: `${ROOT}/v3`, region: '', interface: 'public', image: 'debian-12', size: 'small' },
  ...{ network: 'private', user: 'debian', zone: '', sourceRange: '192.0.2.0/24', bootTimeout: 600, pricePerHour: null },
  ...{ floatingNetwork: '', userData: '' },
};

/** An OpenStack in memory, as far as Kiln speaks to one; answers are as those recorded from a real one. */
export class OpenStackDouble {
  servers: Server[] = [];
  readonly keyPairs = new Map<string, string>();
  groups: { id: string; name: string; security_group_rules: Record<string, unknown>[] }[] = [];
  floating: FloatingAddress[] = [];
  readonly faults: Fault[] = [];
  readonly calls: string[] = [];
  /** Of its clock, against that of this machine; milliseconds. */
  ahead = 0;
  quota = 10;
  /** Of floating addresses. */
  addressQuota = 50;
  /** Which project a login is for. */
  project = 'p1';
  /** What its catalog says of where its networks are; null is the truth. */
  networkUrl: string | null = null;
  /** Where it is. */
  root = ROOT;
  /** Seconds that a token lasts. */
  lifetime = 3600;
  token = 0;
  /** Floating addresses, ever. */
  private made = 0;
  /** Entries of a page of servers. */
  page = 2;

  readonly ask: Ask = async (asking, signal) => {
    signal.throwIfAborted();
    const { pathname } = new URL(asking.url);
    this.calls.push(`${asking.method} ${pathname}`);
    const fault = this.faults.find((one) => one.method === asking.method && one.path.test(pathname));
    if (fault) {
      fault.times = (fault.times ?? 1) - 1;
      if (fault.times === 0) this.faults.splice(this.faults.indexOf(fault), 1);
      if (fault.status) return this.answer(fault.status, fault.body ?? {}, fault.headers);
      this.route(asking, pathname);
      throw new KnownError('PLATFORM_UNAVAILABLE', 'The connection was closed.', { retryable: true });
    }
    return this.route(asking, pathname);
  };

  /** What becomes of a server, by its name. */
  become(name: string, status: string, message?: string): void {
    for (const server of this.servers.filter((one) => one.name === name)) {
      server.status = status;
      if (status === 'ACTIVE') server.addresses = { private: [{ version: 4, addr: `10.0.0.${this.servers.indexOf(server) + 1}` }] };
      if (message) server.fault = { message };
    }
  }

  private answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
    const date = new Date(Date.now() + this.ahead).toUTCString();
    return { status, body, headers: new Headers({ date, ...headers }) };
  }

  private route(asking: Asking, path: string): Answer {
    if (path === '/v3/auth/tokens') return this.logIn();
    if (asking.headers?.['x-auth-token'] !== `token-${this.token}`) return this.answer(401, { error: { message: 'Unauthorized' } });
    const [, id = ''] = /^\/compute\/v2\.1\/servers\/([^/]+)/.exec(path) ?? [];
    if (path === '/compute/v2.1/servers/detail') return this.list(new URL(asking.url));
    if (path === '/compute/v2.1/servers') return this.create(asking.body);
    if (id) return this.onServer(asking, id);
    if (path === '/network/v2.0/ports') return this.ports(new URL(asking.url).searchParams.get('device_id') ?? '');
    if (path.startsWith('/network/v2.0/floatingips')) return this.onFloating(asking, path.split('/')[4] ?? '');
    return this.onOthers(asking, path);
  }

  private logIn(): Answer {
    this.token += 1;
    const endpoint = (type: string, url: string) => ({
      type,
      endpoints: [{ interface: 'public', region: 'One', url: `${this.root}${url}` }],
    });
    const catalog = [
      endpoint('compute', '/compute/v2.1'),
      { type: 'network', endpoints: [{ interface: 'public', region: 'One', url: this.networkUrl ?? `${this.root}/network` }] },
      endpoint('image', '/image'),
    ];
    const expires_at = new Date(Date.now() + this.ahead + this.lifetime * 1000).toISOString();
    return this.answer(
      201,
      { token: { expires_at, catalog, project: { id: this.project } } },
      { 'x-subject-token': `token-${this.token}` },
    );
  }

  private list(url: URL): Answer {
    const after = this.servers.findIndex(({ id }) => id === url.searchParams.get('marker')) + 1;
    const servers = this.servers.slice(after, after + this.page).map(({ fault: _, user_data: __, ...told }) => told);
    const more = after + this.page < this.servers.length;
    const href = `http://${new URL(this.root).host}/compute/v2.1/servers/detail?marker=${servers.at(-1)?.id}`;
    return this.answer(200, { servers, ...(more && { servers_links: [{ rel: 'next', href }] }) });
  }

  private create(body: unknown): Answer {
    const { server } = body as { server: Pick<Server, 'name' | 'metadata' | 'user_data'> }; // what the code under test sends
    if (this.servers.length >= this.quota) return this.answer(403, { forbidden: { code: 403, message: 'Quota exceeded for instances' } });
    const created = new Date(Date.now() + this.ahead).toISOString();
    this.servers.push({ ...server, id: randomUUID(), status: 'BUILD', created, metadata: { ...server.metadata }, addresses: {} });
    return this.answer(202, { server: { id: this.servers.at(-1)?.id } });
  }

  private onServer({ method, body }: Asking, id: string): Answer {
    const server = this.servers.find((one) => one.id === id);
    if (!server) return this.answer(404, { itemNotFound: { code: 404, message: 'Instance could not be found.' } });
    if (method === 'GET') return this.answer(200, { server });
    if (method === 'DELETE') this.servers = this.servers.filter((one) => one !== server);
    else server.metadata = { ...server.metadata, ...(body as { metadata: Record<string, string> }).metadata }; // as above
    return this.answer(method === 'DELETE' ? 204 : 200, null);
  }

  private ports(device: string): Answer {
    return this.answer(200, {
      ports: this.servers.filter(({ id }) => id === device).map(({ id }) => ({ id: `port-${id}`, device_id: id })),
    });
  }

  /** Where an address leads; a server that is gone leaves it leading nowhere. */
  private leading(one: FloatingAddress): FloatingAddress {
    return this.servers.some(({ id }) => one.port_id === `port-${id}`) ? one : { ...one, port_id: null };
  }

  private onFloating({ method, body }: Asking, id: string): Answer {
    if (method === 'POST') return this.makeFloating(body);
    if (id === '') return this.answer(200, { floatingips: this.floating.map((one) => this.leading(one)) });
    const found = this.floating.find((one) => one.id === id);
    if (!found) return this.answer(404, { NeutronError: { type: 'FloatingIPNotFound', message: `Floating IP ${id} could not be found` } });
    if (method === 'GET') return this.answer(200, { floatingip: this.leading(found) });
    this.floating = this.floating.filter((one) => one !== found);
    return this.answer(204, null);
  }

  private makeFloating(body: unknown): Answer {
    const { floatingip } = body as { floatingip: Pick<FloatingAddress, 'floating_network_id' | 'port_id' | 'description'> }; // as above
    const refuse = (status: number, type: string, message: string) => this.answer(status, { NeutronError: { type, message } });
    const { port_id } = floatingip;
    if (floatingip.floating_network_id !== 'n2') return refuse(400, 'BadRequest', 'Network is not a valid external network.');
    if (this.floating.length >= this.addressQuota) return refuse(409, 'OverQuota', "Quota exceeded for resources: ['floatingip'].");
    if (this.servers.every(({ id }) => port_id !== `port-${id}`)) return refuse(404, 'PortNotFound', `Port ${port_id} could not be found.`);
    if (this.floating.some((one) => one.port_id === port_id))
      return refuse(409, 'FloatingIPPortAlreadyAssociated', `Cannot associate floating IP with port ${port_id}, as it already has one.`);
    const created_at = new Date(Date.now() + this.ahead).toISOString();
    this.made += 1;
    this.floating.push({ ...floatingip, id: randomUUID(), floating_ip_address: `203.0.113.${this.made}`, created_at });
    return this.answer(201, { floatingip: this.floating.at(-1) });
  }

  private onOthers({ method, body }: Asking, path: string): Answer {
    const zones = [{ zoneName: 'nova', zoneState: { available: true } }];
    const lists: Readonly<Record<string, object>> = {
      '/image/v2/images': {
        images: [
          { id: 'i1', name: 'debian-12' },
          { id: 'i2', name: 'twice' },
          { id: 'i3', name: 'twice' },
        ],
      },
      '/compute/v2.1/flavors/detail': { flavors: [{ id: 'f1', name: 'small', vcpus: 2, ram: 2048 }] },
      '/network/v2.0/networks': {
        networks: [
          { id: 'n1', name: 'private' },
          { id: 'n2', name: 'public', 'router:external': true },
        ],
      },
      '/compute/v2.1/os-availability-zone': { availabilityZoneInfo: zones },
      '/compute/v2.1/limits': { limits: { absolute: { maxTotalInstances: this.quota, totalInstancesUsed: this.servers.length } } },
    };
    if (method === 'GET' && lists[path]) return this.answer(200, lists[path]);
    if (path.startsWith('/compute/v2.1/os-keypairs')) return this.onKeyPairs(method, body, path.split('/')[4] ?? '');
    return this.onGroups(method, body, path.split('/')[4] ?? '', path.includes('rules'));
  }

  private onKeyPairs(method: string, body: unknown, name: string): Answer {
    if (method === 'POST') {
      const { keypair } = body as { keypair: { name: string; public_key: string } }; // what the code under test sends
      this.keyPairs.set(keypair.name, keypair.public_key);
      return this.answer(200, {});
    }
    const known = this.keyPairs.get(name);
    if (method === 'DELETE') this.keyPairs.delete(name);
    return known ? this.answer(200, { keypair: { public_key: known } }) : this.answer(404, {});
  }

  private onGroups(method: string, body: unknown, id: string, rules: boolean): Answer {
    if (rules && method === 'POST') {
      const { security_group_rule: rule } = body as { security_group_rule: Record<string, unknown> }; // as above
      this.groups.find((group) => group.id === rule['security_group_id'])?.security_group_rules.push({ id: randomUUID(), ...rule });
    } else if (rules) {
      for (const group of this.groups) group.security_group_rules = group.security_group_rules.filter((rule) => rule['id'] !== id);
    } else if (method === 'POST') {
      const { security_group: group } = body as { security_group: { name: string } }; // as above
      this.groups.push({ id: randomUUID(), name: group.name, security_group_rules: [] });
    } else if (method === 'DELETE') this.groups = this.groups.filter((group) => group.id !== id);
    return this.answer(200, { security_groups: this.groups });
  }
}
