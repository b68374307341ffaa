import {
  type Cloud,
  type CloudAccess,
  type CloudKey,
  type Credential,
  type Finding,
  isExposed,
  KnownError,
  type PlatformFacts,
  roomFor,
} from '@kiln/domain';
import { chosen } from '../clouds/chosen.ts';
import { openCloud } from '../clouds/open-cloud.ts';
import type { Ask } from '../clouds/openstack/http.ts';
import type { Choice, Choices, CloudProvider, Quota, Size } from '../clouds/provider.ts';
import { createKey, publicKeyOf } from '../shells/ssh.ts';
import type { Examined } from './examine.ts';

export interface CloudExamination {
  readonly cloud: Cloud;
  readonly installation: string;
  readonly key: CloudKey;
  /** With what Kiln logs in on machines there; null if it never did. */
  readonly login: Credential | null;
  /** For which a login was known to be before; null if none was. */
  readonly project: string | null;
  readonly comment: string;
  /** How many machines one job may have. */
  readonly maxNodes: number;
  readonly report: (findings: readonly Finding[]) => Promise<void>;
  /** Stores what opens it, once it is known to; false if there is no such platform any more, or it was changed. */
  readonly keep: (access: CloudAccess, publicKey: string) => Promise<boolean>;
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

async function look(examination: CloudExamination, found: Found): Promise<PlatformFacts | null> {
  const { cloud, installation, key, comment, keep, maxNodes, signal, ask } = examination;
  const login = examination.login ?? createKey(comment).credential;
  const publicKey = publicKeyOf(login, comment);
  const opened = openCloud(cloud, key, ask);
  const project = await opened.owner(signal);
  if (examination.project !== null && project !== examination.project) throw anotherProject(cloud, examination.project, project);
  const provider = opened.provider({ cloud, installation, publicKey }, signal);
  const machines = await provider.list();
  await found({ name: 'Login', status: 'ok', message: `${nameOf(cloud)} lets Kiln in; ${machines.length} of its machines are there.` });
  const exposed = (await opened.addresses(signal)).filter(isExposed);
  if (exposed.length > 0) {
    const message = `What Kiln tells the cloud can be read by others, as these addresses are not encrypted: ${[...new Set(exposed)].join(', ')}.`;
    await found({ name: 'Encryption', status: 'warning', message });
  }
  if (!(await keep({ key, project, login }, publicKey))) return null; // nobody would take away what is made from here on
  const { findings, size } = partsIn(cloud, await provider.choices());
  await found(...findings);
  await admitted(provider, cloud, found);
  await found(quotaFinding(await provider.quota(), size, maxNodes));
  return { home: '', root: '', cores: size?.cores ?? 1, scheduler: null };
}

function nameOf({ endpoint, region }: Cloud): string {
  return endpoint || `Amazon EC2 in ${region}`;
}

/** In another project nobody would find the machines that Kiln has made. */
function anotherProject(cloud: Cloud, known: string, given: string): KnownError {
  const message = `This login is for the ${cloud.provider === 'ec2' ? 'account' : 'project'} ${given} of ${nameOf(cloud)}, and what Kiln made is in ${known}. Give a login for that one, or register another platform.`;
  return new KnownError('LOGIN_REFUSED', message);
}

/** Looked up as they are when machines are made. */
function partsIn(
  cloud: Cloud,
  { images, sizes, networks, floatingNetworks = [], zones }: Choices,
): { findings: readonly Finding[]; size: Size | undefined } {
  const findings: Finding[] = [];
  const part = <T extends Choice>(name: string, all: readonly T[], wanted: string): T | undefined => {
    try {
      const found = chosen(name.toLowerCase(), all, wanted);
      findings.push({ name, status: 'ok', message: `There is ${wanted}.` });
      return found;
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      findings.push({ name, status: 'failed', message: error.message });
      return undefined;
    }
  };
  part('Image', images, cloud.image);
  const size = part('Size', sizes, cloud.size);
  part('Network', networks, cloud.network);
  if (cloud.floatingNetwork) part('Floating network', floatingNetworks, cloud.floatingNetwork);
  if (cloud.zone) part('Zone', zones, cloud.zone);
  return { findings, size };
}

async function admitted(provider: CloudProvider, { sourceRange }: Cloud, found: Found): Promise<void> {
  await provider.admit();
  await found({ name: 'Access', status: 'ok', message: `Machines take Kiln's key, and SSH from ${sourceRange} alone.` });
}

function quotaFinding(quota: Quota | null, size: Size | undefined, maxNodes: number): Finding {
  if (!quota) {
    const message = 'The cloud does not tell for how many machines it has room; a job that asks for too many is told so then.';
    return { name: 'Quota', status: 'ok', message };
  }
  const room = roomFor(quota, size) ?? Infinity;
  if (room >= maxNodes) return { name: 'Quota', status: 'ok', message: `There is room for the ${maxNodes} machines that a job may have.` };
  const message = `The quota leaves room for ${room} of the ${maxNodes} machines that a job may have. Ask for a larger quota, or wait until others have given theirs back.`;
  return { name: 'Quota', status: 'warning', message };
}
