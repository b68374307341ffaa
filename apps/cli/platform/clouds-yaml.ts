import { readFile } from 'node:fs/promises';
import type { NewPlatform } from '@kiln/client/kiln';
import { parse } from 'yaml';
import { CommandError } from '../exit.ts';

/** What OpenStack's own programs are told of a cloud: https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html */
export interface CloudFile {
  readonly cloud: { readonly endpoint: string; readonly region?: string; readonly interface?: string };
  readonly enrolment: NonNullable<NewPlatform['enrolment']>;
}

/** @throws CommandError that never repeats a secret */
export async function readCloudsYaml(path: string, wanted: string | undefined): Promise<CloudFile> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new CommandError(`The file of --clouds-yaml cannot be read: ${error.message}.`);
  });
  return cloudIn(text, path, wanted);
}

export function cloudIn(text: string, path: string, wanted: string | undefined): CloudFile {
  const clouds = within(read(text, path), 'clouds');
  const names = Object.keys(clouds);
  const [only] = names;
  const name = wanted ?? only;
  if (name === undefined) throw new CommandError(`${path} has no clouds.`);
  if (wanted === undefined && names.length > 1)
    throw new CommandError(`${path} has several clouds: choose with --cloud among ${names.join(', ')}.`);
  if (!names.includes(name)) throw new CommandError(`${path} has no cloud ${name}: there is ${names.join(', ')}.`);
  const cloud = within(clouds, name);
  const auth = within(cloud, 'auth');
  if (cloud['verify'] === false)
    throw new CommandError(
      `${name} has verify: false, and Kiln does verify certificates: make its authority known to the worker with NODE_EXTRA_CA_CERTS.`,
    );
  const need = (key: string, ...others: string[]) => {
    const found = [key, ...others].map((one) => textIn(auth, one) ?? textIn(cloud, one)).find((one) => one !== undefined);
    if (found === undefined) throw new CommandError(`${path} does not say ${key} for ${name}.`);
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

type Fields = Readonly<Record<string, unknown>>;

function read(text: string, path: string): unknown {
  try {
    return parse(text, { maxAliasCount: 10 });
  } catch {
    throw new CommandError(`${path} is no YAML.`); // what the parser says may quote a secret
  }
}

function within(value: unknown, key: string): Fields {
  const found = typeof value === 'object' && value !== null ? (value as Fields)[key] : undefined; // whatever it has is looked at
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Fields) : {}; // the same
}

function textIn(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
