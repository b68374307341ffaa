import { createHash, randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { and, asc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { users } from './schema.ts';
import { tokens } from './schema-accounts.ts';
import { inTransaction } from './transaction.ts';

export type User = Pick<typeof users.$inferSelect, 'id' | 'name' | 'administrator'>;
export type TokenRow = Pick<typeof tokens.$inferSelect, 'id' | 'name' | 'createdAt' | 'lastUsedAt'>;

/** Who calls, and by which token. */
export interface Caller {
  readonly user: User;
  readonly tokenId: string;
}

const DAY = 24 * 60 * 60 * 1000;
const SIGN_IN_LASTS = DAY;
const SESSION_LASTS = 30 * DAY;
const user = { id: users.id, name: users.name, administrator: users.administrator };

/** The first administrator; made, under the name of whoever runs Kiln, if there is none. */
export async function ensureAdministrator(db: Database): Promise<User> {
  return inTransaction(db, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('kiln administrator'))`);
    const [existing] = await tx.select(user).from(users).where(eq(users.administrator, true)).orderBy(asc(users.createdAt)).limit(1);
    if (existing) return existing;
    const [made] = await tx
      .insert(users)
      .values({ name: userInfo().username, administrator: true })
      .onConflictDoUpdate({ target: users.name, set: { administrator: true } })
      .returning(user);
    if (!made) throw new Error('An upsert returned no row.');
    return made;
  });
}

/** A token for one sign-in within a day. It is returned once: only its hash is stored. */
export function createSignInToken(db: Database, userId: string): Promise<string> {
  return issue(db, { userId, kind: 'sign-in', expiresAt: inFuture(SIGN_IN_LASTS) }).then(({ token }) => token);
}

/** A personal API token. It is returned once: only its hash is stored. */
export function createApiToken(db: Database, userId: string, name: string): Promise<{ token: string; row: TokenRow }> {
  return issue(db, { userId, kind: 'api', name });
}

/** Takes a sign-in token, which is used up by it, and gives a session; null if the token is not good. */
export async function exchangeSignInToken(db: Database, raw: string): Promise<string | null> {
  await db.orm.delete(tokens).where(lt(tokens.expiresAt, sql`now()`));
  const [used] = await db.orm
    .delete(tokens)
    .where(and(eq(tokens.hash, hash(raw)), eq(tokens.kind, 'sign-in')))
    .returning({ userId: tokens.userId });
  if (!used) return null;
  const { token } = await issue(db, { userId: used.userId, kind: 'session', expiresAt: inFuture(SESSION_LASTS) });
  return token;
}

/** Who holds this session or API token; null if nobody. */
export async function authenticate(db: Database, raw: string): Promise<Caller | null> {
  const [found] = await db.orm
    .select({ user, tokenId: tokens.id, lastUsedAt: tokens.lastUsedAt })
    .from(tokens)
    .innerJoin(users, eq(users.id, tokens.userId))
    .where(and(eq(tokens.hash, hash(raw)), inArray(tokens.kind, ['session', 'api']), current()));
  if (!found) return null;
  if (!found.lastUsedAt || Date.parse(found.lastUsedAt) < Date.now() - 60_000) {
    await db.orm.update(tokens).set({ lastUsedAt: sql`now()` }).where(eq(tokens.id, found.tokenId));
  }
  return { user: found.user, tokenId: found.tokenId };
}

/** Those of the tokens that still open the door. */
export async function stillGood(db: Database, tokenIds: readonly string[]): Promise<Set<string>> {
  if (tokenIds.length === 0) return new Set();
  const rows = await db.orm
    .select({ id: tokens.id })
    .from(tokens)
    .where(and(inArray(tokens.id, [...tokenIds]), current()));
  return new Set(rows.map((row) => row.id));
}

export function listApiTokens(db: Database, userId: string): Promise<TokenRow[]> {
  return db.orm
    .select(shown)
    .from(tokens)
    .where(and(eq(tokens.userId, userId), eq(tokens.kind, 'api')))
    .orderBy(asc(tokens.createdAt));
}

/** Ends a session or API token of the user; returns false if there is none. */
export async function revoke(db: Database, userId: string, tokenId: string): Promise<boolean> {
  const rows = await db.orm
    .delete(tokens)
    .where(and(sql`${tokens.id}::text = ${tokenId}`, eq(tokens.userId, userId), inArray(tokens.kind, ['session', 'api'])))
    .returning({ id: tokens.id });
  return rows.length > 0;
}

const shown = { id: tokens.id, name: tokens.name, createdAt: tokens.createdAt, lastUsedAt: tokens.lastUsedAt };
const current = () => or(isNull(tokens.expiresAt), gt(tokens.expiresAt, sql`now()`));
const inFuture = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString();
const hash = (raw: string): string => createHash('sha256').update(raw).digest('hex');

type NewToken = Pick<typeof tokens.$inferInsert, 'userId' | 'kind' | 'name' | 'expiresAt'>;

async function issue(db: Database, fresh: NewToken): Promise<{ token: string; row: TokenRow }> {
  const token = `kiln_${randomBytes(32).toString('base64url')}`;
  const [row] = await db.orm
    .insert(tokens)
    .values({ ...fresh, hash: hash(token) })
    .returning(shown);
  if (!row) throw new Error('An insert returned no row.');
  return { token, row };
}
