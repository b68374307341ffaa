import {
  type Connection,
  type Credential,
  type Enrolment,
  type Finding,
  type HostKey,
  KnownError,
  type PlatformAction,
} from '@kiln/domain';
import { connectThrough } from '../shells/connect.ts';
import { createKey, type Proof, publicKeyOf } from '../shells/ssh.ts';
import { shellOn } from '../shells/ssh-shell.ts';

interface Enrolling {
  readonly connection: Connection;
  readonly action: PlatformAction;
  readonly enrolment: Enrolment | null;
  readonly credential: Credential | null;
  readonly pinned: readonly HostKey[];
  readonly comment: string;
  readonly keep: (credential: Credential, publicKey: string) => Promise<void>;
}

interface Enrolled {
  readonly credential: Credential;
  /** Another key than before. */
  readonly fresh: boolean;
  /** The platform is known to accept it, or may be expected to. */
  readonly accepted: boolean;
}

type Found = (...findings: readonly Finding[]) => Promise<void>;

/** Comes to a key that the platform accepts: the one there is, one that somebody gave, or a fresh one that is installed now. */
export async function enrol(enrolling: Enrolling, found: Found): Promise<Enrolled> {
  const { enrolment, credential, action } = enrolling;
  if (enrolment?.kind === 'password') return install(enrolling, { password: enrolment.password }, found);
  if (enrolment?.kind === 'key') {
    const { privateKey, passphrase } = enrolment;
    return { credential: { privateKey, passphrase }, fresh: true, accepted: true };
  }
  if (enrolment?.kind === 'show' && !(credential && (await isAccepted(enrolling, credential)))) return show(enrolling, found);
  if (!credential) throw new KnownError('BAD_INPUT', 'Kiln has no key for this platform; give a password, a key, or have a key shown.');
  if (action === 'rotate') return install(enrolling, credential, found);
  return { credential, fresh: false, accepted: true };
}

/** A key whose public half somebody else installs. */
async function show({ credential, comment, keep, ...enrolling }: Enrolling, found: Found): Promise<Enrolled> {
  const chosen = credential ?? createKey(comment).credential;
  const { user, host } = enrolling.connection;
  const message = `Add this line to ~${user}/.ssh/authorized_keys on ${host}${throughJumps(enrolling.connection)}, then check again: ${publicKeyOf(chosen, comment)}`;
  if (!credential) await keep(chosen, publicKeyOf(chosen, comment));
  await found({ name: 'Public key', status: 'failed', message });
  return { credential: chosen, fresh: false, accepted: false };
}

function throughJumps({ jumps }: Connection): string {
  return jumps.length > 0 ? ` and on ${jumps.map(({ user, host }) => `${user}@${host}`).join(', ')}` : '';
}

async function isAccepted({ connection, pinned }: Enrolling, credential: Credential): Promise<boolean> {
  try {
    (await connectThrough(connection, credential, pinned)).link.close();
    return true;
  } catch (error) {
    if (error instanceof KnownError && error.code === 'LOGIN_REFUSED') return false;
    throw error;
  }
}

/** Installs a fresh key on every hop, one after the other; the one that it replaces is removed when the fresh one is known to work and kept. */
async function install({ connection, credential: old, pinned, comment, keep }: Enrolling, proof: Proof, found: Found): Promise<Enrolled> {
  const { credential, publicKey } = createKey(comment);
  const { jumps, ...last } = connection;
  const hops = [...jumps, last];
  const seen: HostKey[] = [...pinned];
  for (const [i, hop] of hops.entries()) {
    // Hops before this one have the fresh key already.
    const { link, hostKeys } = await connectThrough({ ...hop, jumps: hops.slice(0, i) }, credential, seen, proof);
    seen.push(...hostKeys.filter(({ address }) => !seen.some((key) => key.address === address)));
    try {
      const { code, stdout, stderr } = await shellOn(link).run(['sh', '-c', INSTALL, 'sh', publicKey.trim()]);
      if (code !== 0) {
        const why = (stderr.trim() || stdout.trim()).split('\n')[0] ?? '';
        throw new KnownError('LOGIN_REFUSED', `The key could not be installed on ${hop.host}: ${why || 'no reason was given'}.`);
      }
    } finally {
      link.close();
    }
  }
  await found({ name: 'Key', status: 'ok', message: `A fresh ed25519 key was installed for ${connection.user} on ${connection.host}.` });
  (await connectThrough(connection, credential, seen)).link.close();
  await keep(credential, publicKey.trim());
  if (old) await removeOld(connection, credential, seen, publicKeyOf(old, comment));
  return { credential, fresh: false, accepted: true };
}

/** Whatever was wrong with a line of authorized_keys before, this one stands on a line of its own. */
const INSTALL = `umask 077 && mkdir -p "$HOME/.ssh" && cd "$HOME/.ssh" && touch authorized_keys &&
{ [ ! -s authorized_keys ] || [ -z "$(tail -c 1 authorized_keys)" ] || echo >>authorized_keys; } &&
{ grep -qxF -- "$1" authorized_keys || echo "$1" >>authorized_keys; } && chmod go-w "$HOME/.ssh" authorized_keys`;

async function removeOld({ jumps, ...last }: Connection, proof: Proof, pinned: readonly HostKey[], publicKey: string): Promise<void> {
  const [type = '', key = ''] = publicKey.split(' ');
  const hops = [...jumps, last];
  for (const [i, hop] of hops.entries()) {
    const { link } = await connectThrough({ ...hop, jumps: hops.slice(0, i) }, proof, pinned);
    await shellOn(link)
      .run(['sh', '-c', REMOVE, 'sh', `${type} ${key}`])
      .finally(() => link.close());
  }
}

/** Only lines that Kiln wrote: a key that somebody pasted may be the one that she logs in with herself. */
const REMOVE = `umask 077 && cd "$HOME/.ssh" && cp -p authorized_keys authorized_keys.kiln &&
awk -v key="$1" '!(index($0, key) && / kiln-[0-9a-f]+-/)' authorized_keys >authorized_keys.kiln &&
if [ -L authorized_keys ]; then cat authorized_keys.kiln >authorized_keys; rm -f authorized_keys.kiln; else mv authorized_keys.kiln authorized_keys; fi`;
