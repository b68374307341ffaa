import { type CloudPlace, KnownError, type OpenStackKey } from '@kiln/domain';
import { z } from 'zod';
import { type Answer, type Ask, type Asking, ask, askAgain } from './http.ts';
import { refusal } from './trouble.ts';

export type Service = 'compute' | 'network' | 'image';

export interface Call {
  readonly service: Service;
  /** From the service's root on, with the query; or a whole address that the service gave. */
  readonly path: string;
  readonly method?: Asking['method'];
  readonly body?: unknown;
}

/** A login on a cloud, shared by all that speak to it. */
export interface Session {
  /** Where its services are. */
  roots(signal: AbortSignal): Promise<Readonly<Record<Service, string>>>;
  /** Id of the project that the login is for. */
  project(signal: AbortSignal): Promise<string>;
  /** Those that the catalog tells of. */
  regions(signal: AbortSignal): Promise<readonly string[]>;
  /** @throws KnownError if the answer's status is neither 2xx nor among `accepted` */
  call(call: Call, signal: AbortSignal, accepted?: readonly number[]): Promise<Answer>;
}

/** Milliseconds before its end from which on a token is renewed. */
const MARGIN = 120_000;

interface Token {
  readonly project: string;
  readonly token: string;
  readonly until: number;
  readonly roots: Readonly<Record<Service, string>>;
  readonly regions: readonly string[];
}

/** https://docs.openstack.org/api-ref/identity/v3/ */
export function openSession(cloud: CloudPlace, key: OpenStackKey, once: Ask = ask, now: () => number = Date.now): Session {
  let known: { readonly asker: AbortSignal; readonly token: Promise<Token> } | null = null;

  /** One for all that ask at the same time, and one refusal, as accounts are locked after some; if who asked for it went, the next one does. */
  async function token(signal: AbortSignal, refused?: Token): Promise<Token> {
    for (;;) {
      const seen = known;
      const current = await seen?.token.catch((error: unknown) => {
        if (known === seen) known = null;
        if (!seen.asker.aborted) throw error;
      });
      signal.throwIfAborted();
      if (current && current !== refused && current.until - MARGIN > now()) return current;
      if (known !== seen && known !== null) continue;
      const asked = { asker: signal, token: logIn(cloud, key, once, signal, now) };
      known = asked;
      return asked.token.catch((error: unknown) => {
        if (known === asked) known = null;
        throw error;
      });
    }
  }

  return {
    roots: async (signal) => (await token(signal)).roots,
    project: async (signal) => (await token(signal)).project,
    regions: async (signal) => (await token(signal)).regions,
    async call({ service, path, method = 'GET', body }, signal, accepted = []) {
      const send = async (given: Token) => {
        const url = path.startsWith('http') ? own(path, given.roots[service]) : `${given.roots[service]}${path}`;
        const asking: Asking = { method, url, headers: { 'x-auth-token': given.token }, ...(body !== undefined && { body }) };
        // What makes something is asked once: whether it did, a look tells.
        return { asking, answer: method === 'POST' ? await once(asking, signal) : await askAgain(once, asking, signal) };
      };
      const first = await token(signal);
      let sent = await send(first);
      if (sent.answer.status === 401) sent = await send(await token(signal, first));
      const { answer, asking } = sent;
      if ((answer.status >= 200 && answer.status < 300) || accepted.includes(answer.status)) return answer;
      throw refusal(asking, answer);
    },
  };
}

/** A token is told to no other server. Behind a proxy that ends the encryption, services give addresses that begin with http. */
function own(address: string, root: string): string {
  const [told, known] = [new URL(address), new URL(root)];
  if (told.host !== known.host) throw new KnownError('BAD_INPUT', `${known.host} gives a list that goes on at ${told.host}.`);
  return `${known.origin}${told.pathname}${told.search}`;
}

async function logIn(cloud: CloudPlace, key: OpenStackKey, once: Ask, signal: AbortSignal, now: () => number): Promise<Token> {
  const asking: Asking = { method: 'POST', url: `${cloud.endpoint}/auth/tokens`, body: { auth: proofOf(key) } };
  const answer = await askAgain(once, asking, signal);
  // An unknown or removed application credential is 404.
  if (answer.status === 404 && key.kind === 'application-credential') throw refusal(asking, { ...answer, status: 401 });
  if (answer.status !== 201) throw refusal(asking, answer);
  const read = tokenShape.safeParse(answer.body);
  const token = answer.headers.get('x-subject-token');
  if (!read.success || !token) throw new KnownError('BAD_INPUT', `${cloud.endpoint} does not answer as a Keystone v3 does.`);
  const { catalog, expires_at, project } = read.data.token;
  if (!project) throw new KnownError('BAD_INPUT', `The login on ${cloud.endpoint} is for no project: give one that is for a project.`);
  return { token, project: project.id, until: endOf(expires_at, answer, now), roots: rootsIn(catalog, cloud), regions: regionsIn(catalog) };
}

/** By this machine's clock, whatever the cloud's says. */
function endOf(expires: string, { headers }: Answer, now: () => number): number {
  const there = Date.parse(headers.get('date') ?? '');
  return Date.parse(expires) + (Number.isNaN(there) ? 0 : now() - there);
}

const tokenShape = z.object({
  token: z.object({
    expires_at: z.string(),
    project: z.object({ id: z.string() }).optional(),
    catalog: z
      .array(
        z.object({
          type: z.string(),
          endpoints: z.array(z.object({ interface: z.string(), region: z.string().nullish(), url: z.string() })),
        }),
      )
      .default([]),
  }),
});

function proofOf(key: OpenStackKey): object {
  if (key.kind === 'application-credential') {
    const { id, secret } = key;
    return { identity: { methods: ['application_credential'], application_credential: { id, secret } } };
  }
  const { user, userDomain, password, project, projectDomain } = key;
  return {
    identity: { methods: ['password'], password: { user: { name: user, domain: userDomain, password } } },
    scope: { project: 'id' in project ? project : { ...project, domain: projectDomain } },
  };
}

/** What each service is called in catalogs: https://service-types.openstack.org/ */
const TYPES: Readonly<Record<Service, RegExp>> = { compute: /^compute(v2\.1)?$/, network: /^network$/, image: /^image(v2)?$/ };
const VERSIONS: Readonly<Record<Service, string>> = { compute: '', network: '/v2.0', image: '/v2' };

type Catalog = z.infer<typeof tokenShape>['token']['catalog'];

/** Where machines can be made. */
function regionsIn(catalog: Catalog): readonly string[] {
  const compute = catalog.filter(({ type }) => TYPES.compute.test(type)).flatMap(({ endpoints }) => endpoints);
  return [...new Set(compute.flatMap(({ region }) => region ?? []))].sort();
}

function rootsIn(catalog: Catalog, cloud: CloudPlace): Readonly<Record<Service, string>> {
  return { compute: rootOf('compute', catalog, cloud), network: rootOf('network', catalog, cloud), image: rootOf('image', catalog, cloud) };
}

function rootOf(service: Service, catalog: Catalog, cloud: CloudPlace): string {
  const all = catalog.filter(({ type }) => TYPES[service].test(type)).flatMap(({ endpoints }) => endpoints);
  const reachable = all.filter((one) => one.interface === cloud.interface);
  const found = reachable.find(({ region }) => cloud.region === '' || region === cloud.region);
  if (!found) {
    const regions = [...new Set(reachable.flatMap(({ region }) => region ?? []))];
    const there = regions.length > 0 ? `It has one in ${regions.join(', ')}.` : '';
    const where = `${cloud.region ? ` in the region ${cloud.region}` : ''} with the interface ${cloud.interface}`;
    throw new KnownError('BAD_INPUT', `The catalog of the cloud has no ${service} service${where}. ${there}`.trim());
  }
  const root = found.url.replace(/\/+$/, '');
  if (!/^https?:\/\//i.test(root) || !URL.canParse(root))
    throw new KnownError('BAD_INPUT', `The catalog of the cloud has no usable address for its ${service} service: ${root.slice(0, 200)}.`);
  return /\/v[\d.]+($|\/)/.test(new URL(root).pathname) ? root : `${root}${VERSIONS[service]}`;
}
