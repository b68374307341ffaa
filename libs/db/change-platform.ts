import {
  type Bucket,
  type Cloud,
  type Connection,
  type CuratorAddress,
  KnownError,
  type Platform,
  type PlatformAction,
  type PlatformSettings,
  type SchedulerKind,
} from '@kiln/domain';
import { and, eq, isNull } from 'drizzle-orm';
import { appendEvents, type NewEvent } from './append-events.ts';
import type { Database } from './connect.ts';
import type { JobRow } from './jobs.ts';
import { liveJobsIn, storingJobsIn } from './platform-jobs.ts';
import { enqueueCheck } from './queue.ts';
import { platforms } from './schema.ts';
import { tellPlatform } from './tell-platform.ts';
import { inTransaction, type Transaction } from './transaction.ts';

export interface NewPlatform {
  readonly ownerId: string;
  readonly name: string;
  readonly kind: 'unix' | SchedulerKind | 's3' | 'http' | 'mytardis' | 'cloud';
  /** Of a machine. */
  readonly connection: Connection | null;
  /** Of the kind `s3`. */
  readonly bucket: Bucket | null;
  /** Of the kind `http`. */
  readonly url: string | null;
  /** Of the kind `mytardis`. */
  readonly curator: CuratorAddress | null;
  /** Of the kind `cloud`. */
  readonly cloud: Cloud | null;
  /** Most machines that one job may have. */
  readonly maxNodes: number;
  readonly settings: PlatformSettings;
  readonly description: string;
  /** Null leaves it to the checks. */
  readonly slots: number | null;
  readonly sealedEnrolment: Buffer;
}

/** @throws KnownError CONFLICT if the name is taken */
export function registerPlatform(db: Database, platform: NewPlatform): Promise<void> {
  const { sealedEnrolment, slots, ...told } = platform;
  return inTransaction(db, async (tx) => {
    const inserted = await tx
      .insert(platforms)
      .values({
        ...told,
        provider: told.cloud?.provider ?? providerOf(told.kind),
        state: 'checking',
        slots: 1,
        chosenSlots: slots,
        enrolment: sealedEnrolment,
      })
      .onConflictDoNothing()
      .returning({ name: platforms.name });
    if (inserted.length === 0) throw taken(platform.name);
    await queueCheck(tx, platform.name, 'check', { from: null, message: 'Registered.' });
  });
}

function providerOf(kind: NewPlatform['kind']): Platform['provider'] {
  return kind === 's3' || kind === 'http' || kind === 'mytardis' ? kind : 'ssh';
}

/** What is missing stays as it is. */
export interface PlatformChange {
  readonly connection?: Connection;
  readonly bucket?: Bucket;
  readonly url?: string;
  readonly curator?: CuratorAddress;
  readonly cloud?: Cloud;
  readonly maxNodes?: number;
  readonly settings?: PlatformSettings;
  readonly description?: string;
  readonly slots?: number | null;
  readonly sealedEnrolment?: Buffer;
}

/**
 * A check that is under way counts no more; another is queued. Host keys of machines that it still names stay pinned. What opens a web server
 * or a MyTardis is forgotten where another server is named, which must not be told it.
 */
export function updatePlatform(db: Database, name: string, change: PlatformChange): Promise<void> {
  const { connection, bucket, url, curator, cloud, maxNodes, settings, description, slots, sealedEnrolment } = change;
  return inTransaction(db, async (tx) => {
    const before = await lockPlatform(tx, name);
    if (connection && isElsewhere(connection, before.connection))
      refuseWhileUsed(name, 'moved to another machine or user', await liveJobsIn(tx, name));
    if (bucket && isAnother(bucket, before.bucket)) refuseWhileUsed(name, 'moved to another bucket', await liveJobsIn(tx, name));
    if (url && url !== before.url) refuseWhileUsed(name, 'moved to another address', await liveJobsIn(tx, name));
    if (curator && curator.url !== before.curator?.url) refuseWhileUsed(name, 'moved to another address', await liveJobsIn(tx, name));
    if (cloud && cloud.user !== before.cloud?.user) refuseWhileUsed(name, 'given another login user', await liveJobsIn(tx, name));
    if (settings && settings.root !== before.settings.root) refuseWhileUsed(name, 'given another root path', await storingJobsIn(tx, name));
    const moved = isAnotherServer(url, before.url) || isAnotherServer(curator?.url, before.curator?.url);
    const addresses = connection && [connection, ...connection.jumps].map(({ host, port }) => `${host}:${port}`);
    await tx
      .update(platforms)
      .set({
        state: 'checking',
        revision: before.revision + 1,
        ...(connection && { connection }),
        ...(bucket && { bucket }),
        ...(url && { url }),
        ...(curator && { curator }),
        ...(cloud && { cloud }),
        ...(maxNodes && { maxNodes }),
        ...(addresses && { hostKeys: before.hostKeys.filter(({ address }) => addresses.includes(address)) }),
        ...(settings && { settings }),
        ...(description !== undefined && { description }),
        ...(slots !== undefined && { chosenSlots: slots }),
        ...(moved && { credential: null, enrolment: null }),
        ...(sealedEnrolment && { enrolment: sealedEnrolment }),
      })
      .where(eq(platforms.name, name));
    const message = moved ? 'Changed to another server: the login or key of the one before is forgotten.' : 'Changed.';
    await queueCheck(tx, name, 'check', { from: before.state, message });
  });
}

/** Another login, where jobs that run would not be found; by which way it is reached does not count. */
function isElsewhere(connection: Connection, before: Connection | null): boolean {
  return connection.host !== before?.host || connection.port !== before.port || connection.user !== before.user;
}

/** By which way it is reached does not count. */
function isAnother(bucket: Bucket, before: Bucket | null): boolean {
  return bucket.endpoint !== before?.endpoint || bucket.name !== before.name || bucket.prefix !== before.prefix;
}

/** Whatever opens the one is not told to the other. */
export function isAnotherServer(url: string | undefined, before: string | null | undefined): boolean {
  return Boolean(url && before && new URL(url).origin !== new URL(before).origin);
}

const MOST_NAMED = 5;

/** @throws KnownError CONFLICT that names the jobs */
export function refuseWhileUsed(name: string, done: string, live: readonly JobRow[]): void {
  if (live.length === 0) return;
  const more = live.length > MOST_NAMED ? ` and ${live.length - MOST_NAMED} more` : '';
  const named = live
    .slice(0, MOST_NAMED)
    .map(({ id, connector }) => `${id} (${connector})`)
    .join(', ');
  const [these, run] = live.length === 1 ? ['job', 'runs'] : ['jobs', 'run'];
  throw new KnownError(
    'CONFLICT',
    `'${name}' cannot be ${done} while ${these} ${named}${more} ${run} there: wait for their end or cancel them.`,
  );
}

const REQUESTED: Readonly<Record<PlatformAction, string>> = {
  check: 'A check was asked for.',
  rotate: 'A fresh key was asked for.',
  repin: 'The host keys are to be pinned anew.',
};

/** @throws KnownError CONFLICT while a check is under way, unless another check is all that is asked */
export function requestPlatformAction(db: Database, name: string, action: PlatformAction, sealedEnrolment?: Buffer): Promise<void> {
  return inTransaction(db, async (tx) => {
    const before = await lockPlatform(tx, name);
    if (before.state === 'checking') {
      if (action === 'check') return; // the one that is queued, or under way, is the answer
      throw new KnownError('CONFLICT', `'${name}' is just being checked; try again when that is done.`);
    }
    await tx
      .update(platforms)
      .set({ state: 'checking', findings: [], ...(sealedEnrolment && { enrolment: sealedEnrolment }) })
      .where(eq(platforms.name, name));
    await queueCheck(tx, name, action, { from: before.state, message: REQUESTED[action] });
  });
}

/** Locked until commit: no job can be submitted to it meanwhile. @throws KnownError NOT_FOUND */
export async function lockPlatform(tx: Transaction, name: string): Promise<typeof platforms.$inferSelect> {
  const [row] = await tx
    .select()
    .from(platforms)
    .where(and(eq(platforms.name, name), isNull(platforms.deletedAt)))
    .for('update');
  if (!row) throw new KnownError('NOT_FOUND', `There is no platform '${name}'.`);
  return row;
}

export function taken(name: string): KnownError {
  return new KnownError('CONFLICT', `There is a platform '${name}' already; choose another name.`);
}

async function queueCheck(tx: Transaction, name: string, action: PlatformAction, event: Pick<NewEvent, 'from' | 'message'>): Promise<void> {
  await enqueueCheck(tx, name, action);
  await tellPlatform(tx, name);
  await appendEvents(tx, null, [{ ...event, kind: 'platform', subject: name, to: 'checking' }]);
}
