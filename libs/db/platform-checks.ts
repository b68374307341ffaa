import type { Finding, PlatformFacts, PlatformState } from '@kiln/domain';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { appendEvents } from './append-events.ts';
import type { Database } from './connect.ts';
import { type PinnedHostKey, platforms } from './schema.ts';
import { cleanValue } from './storable.ts';
import { tellPlatform } from './tell-platform.ts';
import { inTransaction } from './transaction.ts';

export interface PlatformSecrets {
  /** A sealed `Enrolment` that no worker has used yet. */
  readonly enrolment: Buffer | null;
  /** A sealed `Credential`, `AccessKey` of a bucket, `WebKey`, `CuratorKey` or `CloudAccess`. */
  readonly credential: Buffer | null;
  readonly hostKeys: readonly PinnedHostKey[];
  readonly publicKey: string | null;
  readonly revision: number;
}

/** For workers, who alone can open what is sealed; null if there is no such platform (any more). */
export async function loadPlatformSecrets(db: Database, name: string): Promise<PlatformSecrets | null> {
  const [row] = await db.orm
    .select({
      enrolment: platforms.enrolment,
      credential: platforms.credential,
      hostKeys: platforms.hostKeys,
      publicKey: platforms.publicKey,
      revision: platforms.revision,
    })
    .from(platforms)
    .where(and(eq(platforms.name, name), isNull(platforms.deletedAt)));
  return row ?? null;
}

/** Shows what a check has found so far. */
export async function saveFindings(db: Database, name: string, revision: number, findings: readonly Finding[]): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { rowCount } = await tx
      .update(platforms)
      .set({ findings: cleanValue(findings) })
      .where(and(eq(platforms.name, name), eq(platforms.revision, revision), isNull(platforms.deletedAt)));
    if (rowCount) await tellPlatform(tx, name);
  });
}

/**
 * A key that the platform accepts now, with its public half if it has one. That is kept whatever became of the platform meanwhile: nobody else
 * has it. What somebody gave is kept only while the platform is of the `revision` that it was tried on. Returns whether it is kept.
 */
export async function keepCredential(
  db: Database,
  name: string,
  { revision, ...kept }: { readonly credential: Buffer; readonly publicKey: string | null; readonly revision?: number },
): Promise<boolean> {
  const same = revision === undefined ? undefined : eq(platforms.revision, revision);
  const { rowCount } = await db.orm
    .update(platforms)
    .set(kept)
    .where(and(eq(platforms.name, name), isNull(platforms.deletedAt), same));
  return Boolean(rowCount);
}

/** What a check found out; what is missing stays as it was. */
export interface CheckResult {
  readonly state: Exclude<PlatformState, 'checking'>;
  readonly findings: readonly Finding[];
  readonly facts?: PlatformFacts;
  /** How many tasks it could run at once, for those who chose no number. */
  readonly slots?: number;
  readonly hostKeys?: readonly PinnedHostKey[];
  /** The enrolment was used. */
  readonly eraseEnrolment?: boolean;
}

/** Returns false and changes nothing if the platform was changed since its `revision` was looked at. */
export function finishCheck(db: Database, name: string, revision: number, result: CheckResult): Promise<boolean> {
  const { eraseEnrolment, findings, facts, ...known } = result;
  return inTransaction(db, async (tx) => {
    const [before] = await tx
      .select({ state: platforms.state })
      .from(platforms)
      .where(and(eq(platforms.name, name), eq(platforms.revision, revision), isNull(platforms.deletedAt)))
      .for('no key update'); // jobs that are saved meanwhile refer to it
    if (!before) return false;
    await tx
      .update(platforms)
      .set({
        ...known,
        findings: cleanValue(findings),
        ...(facts && { facts: cleanValue(facts) }),
        ...(eraseEnrolment && { enrolment: null }),
        checkedAt: sql`now()`,
      })
      .where(eq(platforms.name, name));
    await tellPlatform(tx, name);
    const message = cleanValue(findings.find(({ status }) => status === 'failed')?.message ?? null);
    await appendEvents(tx, null, [{ kind: 'platform', subject: name, from: before.state, to: result.state, message }]);
    return true;
  });
}
