import {
  type Cloud,
  type CloudAccess,
  type CloudKey,
  type Credential,
  type Finding,
  isExposed,
  KnownError,
  type PlatformFacts,
} from '@kiln/domain';
import { thereIs } from '../clouds/openstack/choices.ts';
import type { Ask } from '../clouds/openstack/http.ts';
import { openStack } from '../clouds/openstack/openstack.ts';
import { openSession } from '../clouds/openstack/session.ts';
import type { Choices, CloudProvider, Quota, Size } from '../clouds/provider.ts';
import { createKey, publicKeyOf } from '../shells/ssh.ts';
import type { Examined } from './examine.ts';

export interface CloudExamination {
  readonly cloud: Cloud;
  readonly installation: string;
  readonly key: CloudKey;
  /** With what Kiln logs in on machines there; null if it never did. */
  readonly login: Credential | null;
  readonly comment: string;
  /** How many machines one job may have. */
  readonly maxNodes: number;
  readonly report: (findings: readonly Finding[]) => Promise<void>;
  /** Stores what opens it, once it is known to. */
  readonly keep: (access: CloudAccess, publicKey: string) => Promise<void>;
  readonly signal: AbortSignal;
  /** For tests. */
  readonly ask?: Ask;
}

/** Logs in to a cloud, and looks whether there is all that a machine is made of; makes what lets Kiln in on machines. */
export async function examineCloud(examination: CloudExamination): Promise<Examined> {
  const { report, signal } = examination;
  const findings: Finding[] = [];
  const found = async (...more: readonly Finding[]) => {
    signal.throwIfAborted();
    findings.push(...more);
    await report(findings);
  };
  let facts: PlatformFacts | null = null;
  try {
    facts = await look(examination, found);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KnownError)) throw error;
    await found({ name: NAMES[error.code] ?? 'Cloud', status: 'failed', message: error.message });
  }
  return { ready: facts !== null && findings.every(({ status }) => status !== 'failed'), findings, facts, hostKeys: null };
}

const NAMES: Readonly<Record<string, string>> = { LOGIN_REFUSED: 'Login', PLATFORM_UNAVAILABLE: 'Connection', FORBIDDEN: 'Permission' };

type Found = (...findings: readonly Finding[]) => Promise<void>;

async function look(examination: CloudExamination, found: Found): Promise<PlatformFacts> {
  const { cloud, installation, key, comment, keep, maxNodes, signal, ask } = examination;
  const login = examination.login ?? createKey(comment).credential;
  const publicKey = publicKeyOf(login, comment);
  const provider = openStack(openSession(cloud, key, ask), { cloud, installation, publicKey }, signal);
  const machines = await provider.list();
  await found({ name: 'Login', status: 'ok', message: `${cloud.authUrl} lets Kiln in; ${machines.length} of its machines are there.` });
  if (isExposed(cloud.authUrl)) {
    await found({ name: 'Encryption', status: 'warning', message: `${cloud.authUrl} is not encrypted: others can read Kiln's login.` });
  }
  await keep({ key, login }, publicKey);
  const choices = await provider.choices();
  const size = choices.sizes.find(({ name }) => name === cloud.size);
  await found(...partFindings(cloud, choices));
  await admitted(provider, cloud, found);
  await found(quotaFinding(await provider.quota(), size, maxNodes));
  return { home: '', root: '', cores: size?.cores ?? 1, scheduler: null };
}

function partFindings(cloud: Cloud, { images, sizes, networks, zones }: Choices): Finding[] {
  const part = (name: string, all: readonly string[], wanted: string): Finding =>
    all.includes(wanted)
      ? { name, status: 'ok', message: `There is ${wanted}.` }
      : { name, status: 'failed', message: `There is no ${name.toLowerCase()} ${wanted}. ${thereIs(all)}` };
  const found = [
    part('Image', images, cloud.image),
    part(
      'Size',
      sizes.map(({ name }) => name),
      cloud.size,
    ),
    part('Network', networks, cloud.network),
  ];
  return cloud.zone ? [...found, part('Zone', zones, cloud.zone)] : found;
}

async function admitted(provider: CloudProvider, { sourceRange }: Cloud, found: Found): Promise<void> {
  await provider.admit();
  await found({ name: 'Access', status: 'ok', message: `Machines take Kiln's key, and SSH from ${sourceRange} alone.` });
}

function quotaFinding({ machines, cores, memory }: Quota, size: Size | undefined, maxNodes: number): Finding {
  const room = Math.min(
    machines ?? Infinity,
    Math.floor((cores ?? Infinity) / (size?.cores ?? 1)),
    Math.floor((memory ?? Infinity) / (size?.memory ?? 1)),
  );
  if (room >= maxNodes) return { name: 'Quota', status: 'ok', message: `There is room for the ${maxNodes} machines that a job may have.` };
  const message = `The quota leaves room for ${room} of the ${maxNodes} machines that a job may have. Ask for a larger quota, or wait until others have given theirs back.`;
  return { name: 'Quota', status: 'warning', message };
}
