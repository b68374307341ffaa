import { userInfo } from 'node:os';
import type { Database } from '@kiln/db/connect';
import { finishCheck, keepCredential, loadPlatformSecrets, saveFindings } from '@kiln/db/platform-checks';
import { tryPlatform } from '@kiln/db/platform-jobs';
import { findPlatform } from '@kiln/db/platforms';
import type { Credential, Enrolment, Finding, Platform, PlatformAction } from '@kiln/domain';
import { examine } from '@kiln/platforms/examine/examine';
import type { Keyring } from './keyring.ts';

/** Elements of one job on a cluster at once, unless somebody chose another number. */
const MOST_ELEMENTS = 50;

/** Looks at a platform, shows what is found as it is found, and keeps what jobs need to know of it. */
export async function checkPlatform(
  db: Database,
  keyring: Keyring,
  name: string,
  action: PlatformAction,
  signal: AbortSignal,
): Promise<void> {
  const platform = await findPlatform(db, name);
  const secrets = await loadPlatformSecrets(db, name);
  if (!platform || !secrets) return; // removed meanwhile
  const { revision, hostKeys, enrolment, credential } = secrets;
  const opened = open(keyring, enrolment, credential);
  const examined =
    'problem' in opened
      ? { ready: false, findings: [opened.problem], facts: null, hostKeys: null }
      : await examine({
          ...opened,
          platform,
          action,
          pinned: hostKeys,
          comment: `kiln-${keyring.installation}-${userInfo().username}`,
          report: (findings) => saveFindings(db, name, revision, findings),
          keep: (fresh, publicKey) => keepCredential(db, name, { credential: keyring.seal(JSON.stringify(fresh)), publicKey }),
          signal,
        });
  const { ready, findings, facts } = examined;
  // A password is gone after its one use, whether it was good or not; what the key came from is kept until it is known to work.
  const passwordUsed = 'enrolment' in opened && opened.enrolment?.kind === 'password';
  const saved = await finishCheck(db, name, revision, {
    state: ready ? 'ready' : 'trouble',
    findings,
    ...(facts && { facts, slots: slotsOf(platform, facts) }),
    ...(examined.hostKeys && { hostKeys: examined.hostKeys }),
    eraseEnrolment: passwordUsed || facts !== null,
  });
  if (saved && ready) await tryPlatform(db, name); // what was blocked by what is mended now
}

type Opened = { readonly enrolment: Enrolment | null; readonly credential: Credential | null };

/** Credentials sealed to a key that is gone are of no use, but the platform is not lost: another key will do. */
function open(keyring: Keyring, enrolment: Buffer | null, credential: Buffer | null): Opened | { readonly problem: Finding } {
  try {
    return {
      enrolment: enrolment && (JSON.parse(keyring.open(enrolment)) as Enrolment), // the API alone seals it
      credential: credential && (JSON.parse(keyring.open(credential)) as Credential), // `checkPlatform` alone seals it
    };
  } catch (error) {
    return { problem: { name: 'Key', status: 'failed', message: error instanceof Error ? error.message : String(error) } };
  }
}

function slotsOf({ kind }: Platform, { cores, scheduler }: NonNullable<Platform['facts']>): number {
  return kind === 'unix' ? cores : Math.min(MOST_ELEMENTS, Math.max(1, scheduler?.cores ?? MOST_ELEMENTS));
}
