import type { Credential, Enrolment, Finding, HostKey, Platform, PlatformAction, PlatformFacts } from '@kiln/domain';
import { isScheduler, KnownError } from '@kiln/domain';
import { connectThrough } from '../shells/connect.ts';
import { publicKeyOf, type ShownHostKey } from '../shells/ssh.ts';
import { shellOn } from '../shells/ssh-shell.ts';
import { enrol } from './enrol.ts';
import { examineMachine } from './machine.ts';
import { examineScheduler } from './scheduler.ts';

export interface Examined {
  /** Nothing that was found stands in the way of jobs. */
  readonly ready: boolean;
  readonly findings: readonly Finding[];
  readonly facts: PlatformFacts | null;
  readonly hostKeys: readonly ShownHostKey[] | null;
}

export interface Examination {
  readonly platform: Platform;
  readonly action: PlatformAction;
  readonly enrolment: Enrolment | null;
  readonly credential: Credential | null;
  readonly pinned: readonly HostKey[];
  /** Names this installation at the end of public keys. */
  readonly comment: string;
  readonly report: (findings: readonly Finding[]) => Promise<void>;
  /** Stores the key with which the platform is logged in to from now on, before the one that it replaces is removed there. */
  readonly keep: (credential: Credential, publicKey: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Logs in to a platform, enrols a key if there is none, and looks at everything that jobs need there. */
export async function examine(examination: Examination): Promise<Examined> {
  const { platform, signal, report } = examination;
  const findings: Finding[] = [];
  const found = async (...more: readonly Finding[]) => {
    signal.throwIfAborted();
    findings.push(...more);
    await report(findings);
  };
  const done: Done = { facts: null, hostKeys: null };
  try {
    await look(examination, found, done);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KnownError)) throw error;
    await found({ name: NAMES[error.code] ?? 'Look', status: 'failed', message: error.message });
  }
  const ready =
    done.facts !== null &&
    findings.every(({ status }) => status !== 'failed') &&
    (!isScheduler(platform.kind) || done.facts.scheduler !== null);
  return { ready, findings, ...done };
}

const NAMES: Readonly<Record<string, string>> = {
  LOGIN_REFUSED: 'Login',
  HOST_KEY_CHANGED: 'Host key',
  PLATFORM_UNAVAILABLE: 'Connection',
  BAD_INPUT: 'Key',
  STORAGE_UNWRITABLE: 'Root path',
  DISK_FULL: 'Root path',
};

type Found = (...findings: readonly Finding[]) => Promise<void>;
type Done = { -readonly [K in 'facts' | 'hostKeys']: Examined[K] };

async function look(examination: Examination, found: Found, done: Done): Promise<void> {
  const { platform, action, comment } = examination;
  const { connection, settings, kind } = platform;
  if (!connection) throw new KnownError('BAD_INPUT', 'This machine itself needs no check.');
  const pinned = action === 'repin' ? [] : examination.pinned;
  const enrolled = await enrol({ ...examination, connection, pinned }, found);
  if (!enrolled.accepted) return;

  const { link, hostKeys } = await connectThrough(connection, enrolled.credential, pinned);
  try {
    if (enrolled.fresh) await examination.keep(enrolled.credential, publicKeyOf(enrolled.credential, comment));
    done.hostKeys = hostKeys;
    await found(
      { name: 'Login', status: 'ok', message: `${connection.user} can log in on ${connection.host}:${connection.port} with Kiln's key.` },
      ...hostKeys.map((key) => hostKeyFinding(key, pinned)),
    );
    const shell = shellOn(link);
    const machine = await examineMachine(shell, settings, found);
    const scheduler = isScheduler(kind) ? await examineScheduler(shell, kind, found) : null;
    // What is known of a scheduler stays known while it is silent: jobs of the platform need it.
    done.facts = machine && { ...machine, scheduler: scheduler ?? platform.facts?.scheduler ?? null };
  } finally {
    link.close();
  }
}

function hostKeyFinding({ address, type, fingerprint }: HostKey, pinned: readonly HostKey[]): Finding {
  const known = pinned.some((key) => key.address === address);
  const words = known ? 'is the one that was pinned' : 'was pinned on first sight; compare it with what the administrators publish';
  return { name: 'Host key', status: 'ok', message: `The key of ${address}, ${type} ${fingerprint}, ${words}.` };
}
