import { KnownError } from '@kiln/domain';
import { parse } from 'yaml';
import type { NewPlatform } from './platforms.ts';

/** What OpenStack's own programs are told of a cloud: https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html */
export interface CloudFile {
  readonly cloud: { readonly endpoint: string; readonly region?: string; readonly interface?: string };
  readonly enrolment: Pick<NonNullable<NewPlatform['enrolment']>, 'applicationCredential' | 'cloudLogin'>;
}

interface CloudsFile {
  readonly names: readonly string[];
  /** What it says of the one called `name`. @throws KnownError BAD_INPUT that never repeats a secret */
  cloud(name: string): CloudFile;
}

/** Bytes; one of a few clouds has a thousand. The parser takes minutes for megabytes of keys. */
export const LARGEST_CLOUDS_YAML = 64 * 1024;

/** The clouds that a `clouds.yaml` tells of. `path` is what it is called. @throws KnownError BAD_INPUT that never repeats a secret */
export function cloudsIn(text: string, path: string): CloudsFile {
  const clouds = within(read(text, path), 'clouds');
  const names = Object.keys(clouds);
  if (names.length === 0) throw wrong(`${path} has no clouds.`);
  return {
    names,
    cloud: (name) => {
      if (!names.includes(name)) throw wrong(`${path} has no cloud ${name}: there is ${names.join(', ')}.`);
      return cloudOf(within(clouds, name), path, name);
    },
  };
}

function cloudOf(cloud: Fields, path: string, name: string): CloudFile {
  const auth = within(cloud, 'auth');
  if (/^(false|no|off)$/i.test(textIn(cloud, 'verify') ?? ''))
    throw wrong(
      `${name} has verify: false, and Kiln does verify certificates: make its authority known to the worker with NODE_EXTRA_CA_CERTS.`,
    );
  const need = (key: string, ...others: string[]) => {
    const found = [key, ...others].map((one) => textIn(auth, one) ?? textIn(cloud, one)).find((one) => one !== undefined);
    if (found === undefined) throw wrong(`${path} does not say ${key} for ${name}.`);
    return found;
  };
  const region = textIn(cloud, 'region_name');
  const kind = textIn(cloud, 'interface') ?? textIn(cloud, 'endpoint_type');
  return {
    cloud: { endpoint: need('auth_url'), ...(region && { region }), ...(kind && { interface: kind.replace(/URL$/, '') }) },
    enrolment: enrolmentIn(auth, need),
  };
}

function enrolmentIn(auth: Fields, need: (key: string, ...others: string[]) => string): CloudFile['enrolment'] {
  if (auth['application_credential_secret'] !== undefined)
    return { applicationCredential: { id: need('application_credential_id'), secret: need('application_credential_secret') } };
  const project = textIn(auth, 'project_id') ?? textIn(auth, 'tenant_id');
  return {
    cloudLogin: {
      ...{ user: need('username'), password: need('password'), ...domainIn(auth, 'user') },
      ...(project ? { projectId: project } : { project: need('project_name', 'tenant_name'), ...domainIn(auth, 'project') }),
    },
  };
}

/** An id counts before a name; what is said of no domain in particular is of both. */
function domainIn(auth: Fields, of: 'user' | 'project'): Readonly<Record<string, string>> {
  for (const prefix of [`${of}_domain`, 'domain', 'default_domain']) {
    const [id, name] = [textIn(auth, `${prefix}_id`), textIn(auth, prefix === 'default_domain' ? prefix : `${prefix}_name`)];
    if (id) return { [`${of}DomainId`]: id };
    if (name) return { [`${of}Domain`]: name };
  }
  return {};
}

function wrong(message: string): KnownError {
  return new KnownError('BAD_INPUT', message);
}

type Fields = Readonly<Record<string, unknown>>;

/** Every value is the text that stands there: 007 or 1e5 may be a password. */
function read(text: string, path: string): unknown {
  if (new TextEncoder().encode(text).length > LARGEST_CLOUDS_YAML) throw wrong(`${path} is too large for a clouds.yaml.`);
  try {
    return parse(text, { schema: 'failsafe', customTags: ['null'], merge: true, maxAliasCount: 100 });
  } catch {
    throw wrong(`${path} is no YAML.`); // what the parser says may quote a secret
  }
}

function within(value: unknown, key: string): Fields {
  const found = typeof value === 'object' && value !== null ? (value as Fields)[key] : undefined; // whatever it has is looked at
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Fields) : {}; // the same
}

function textIn(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  return typeof value === 'string' ? value : undefined;
}
