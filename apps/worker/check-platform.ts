import type { Database } from '@kiln/db/connect';
import { finishCheck, keepCredential, loadPlatformSecrets, saveFindings } from '@kiln/db/platform-checks';
import { tryPlatform } from '@kiln/db/platform-jobs';
import { findPlatform } from '@kiln/db/platforms';
import type {
  AccessKey,
  Bucket,
  Cloud,
  CloudAccess,
  Credential,
  CuratorAddress,
  CuratorKey,
  Enrolment,
  Finding,
  Platform,
  PlatformAction,
  WebKey,
} from '@kiln/domain';
import { type BucketExamination, examineBucket } from '@kiln/platforms/examine/bucket';
import { type CloudExamination, examineCloud } from '@kiln/platforms/examine/cloud';
import { type Examined, examine } from '@kiln/platforms/examine/examine';
import { type CuratorExamination, examineCurator } from '@kiln/platforms/examine/mytardis';
import { examineWeb, type WebExamination } from '@kiln/platforms/examine/web';
import { cloudKeyOf } from './cloud-key.ts';
import { commentOf } from './clouds.ts';
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
  const report = (findings: readonly Finding[]) => saveFindings(db, name, revision, findings);
  const keep = async (fresh: Key, publicKey: string | null) =>
    void (await keepCredential(db, name, { credential: keyring.seal(JSON.stringify(fresh)), publicKey }));
  const keepGiven = async (key: Key) =>
    void (await keepCredential(db, name, { credential: keyring.seal(JSON.stringify(key)), publicKey: null, revision }));
  const keepCloud = (access: CloudAccess, publicKey: string) =>
    keepCredential(db, name, { credential: keyring.seal(JSON.stringify(access)), publicKey, revision });
  const comment = commentOf(keyring);
  const look = (): Promise<Examined> => {
    if ('problem' in opened) return Promise.resolve(unopened(opened.problem));
    if (platform.bucket) return lookAtBucket(platform.bucket, opened, { report, keep: keepGiven, signal });
    if (platform.url) return lookAtWeb(platform.url, opened, { report, keep: keepGiven, signal });
    if (platform.curator) return lookAtCurator(platform.curator, opened, { report, keep: keepGiven, signal });
    if (platform.cloud) {
      const { installation } = keyring;
      return checkCloud(platform.cloud, opened, { installation, comment, maxNodes: platform.maxNodes, report, keep: keepCloud, signal });
    }
    const credential = opened.credential && 'privateKey' in opened.credential ? opened.credential : null;
    return examine({ ...opened, credential, platform, action, pinned: hostKeys, comment, report, keep, signal });
  };
  const examined = await look();
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

type Key = Credential | AccessKey | WebKey | CuratorKey | CloudAccess;
type Opened = { readonly enrolment: Enrolment | null; readonly credential: Key | null };

function unopened(problem: Finding): Examined {
  return { ready: false, findings: [problem], facts: null, hostKeys: null };
}

/** With the key that was given last, or with the one that is known to be good. */
async function lookAtBucket(
  bucket: Bucket,
  { enrolment, credential }: Opened,
  how: Pick<BucketExamination, 'report' | 'keep' | 'signal'>,
): Promise<Examined> {
  const given = enrolment?.kind === 'access-key' ? enrolment : credential;
  if (!given || !('accessKeyId' in given)) {
    return unopened({ name: 'Access key', status: 'failed', message: 'Kiln has no access key for this bucket; give one.' });
  }
  const { accessKeyId, secretAccessKey } = given;
  return examineBucket({ ...how, bucket, key: { accessKeyId, secretAccessKey } });
}

async function lookAtWeb(
  url: string,
  { enrolment, credential }: Opened,
  how: Pick<WebExamination, 'report' | 'keep' | 'signal'>,
): Promise<Examined> {
  const key = isWebKey(enrolment) ? enrolment : isWebKey(credential) ? credential : null;
  if (!key) return unopened({ name: 'Login', status: 'failed', message: 'Kiln does not know how this server is opened; say it again.' });
  return examineWeb({ ...how, url, key });
}

function isWebKey(key: Enrolment | Key | null): key is WebKey {
  return key !== null && 'kind' in key && (key.kind === 'open' || key.kind === 'login' || key.kind === 'token');
}

async function checkCloud(
  cloud: Cloud,
  { enrolment, credential }: Opened,
  how: Omit<CloudExamination, 'cloud' | 'key' | 'login' | 'project'>,
): Promise<Examined> {
  const access = credential && 'login' in credential ? credential : null;
  const key = cloudKeyOf(enrolment, access);
  if (!key) return unopened({ name: 'Login', status: 'failed', message: 'Kiln has no credential for this cloud; give one.' });
  return examineCloud({ ...how, cloud, key, login: access?.login ?? null, project: access?.project ?? null });
}

async function lookAtCurator(
  address: CuratorAddress,
  { enrolment, credential }: Opened,
  how: Pick<CuratorExamination, 'report' | 'keep' | 'signal'>,
): Promise<Examined> {
  const given = enrolment?.kind === 'api-key' || enrolment?.kind === 'curator-password' ? enrolment : credential;
  if (!given || !('secret' in given)) {
    return unopened({
      name: 'Login',
      status: 'failed',
      message: 'Kiln has neither a password nor an API key for this MyTardis; give one.',
    });
  }
  return examineCurator({ ...how, address, key: given });
}

/** Credentials sealed to a key that is gone are of no use, but the platform is not lost: another key will do. */
function open(keyring: Keyring, enrolment: Buffer | null, credential: Buffer | null): Opened | { readonly problem: Finding } {
  try {
    return {
      enrolment: enrolment && (JSON.parse(keyring.open(enrolment)) as Enrolment), // the API alone seals it
      credential: credential && (JSON.parse(keyring.open(credential)) as Key), // `checkPlatform` alone seals it
    };
  } catch (error) {
    return { problem: { name: 'Key', status: 'failed', message: error instanceof Error ? error.message : String(error) } };
  }
}

function slotsOf({ kind, bucket, url, curator }: Platform, { cores, scheduler }: NonNullable<Platform['facts']>): number {
  if (bucket || url || curator) return 0;
  return kind === 'unix' || kind === 'cloud' ? cores : Math.min(MOST_ELEMENTS, Math.max(1, scheduler?.cores ?? MOST_ELEMENTS));
}
