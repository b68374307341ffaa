import { asc, eq, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import { appendEvents, type NewEvent } from './append-events.ts';
import type { Database } from './connect.ts';
import { connectors, connectorVersions } from './schema.ts';
import { inTransaction, type Transaction } from './transaction.ts';

export type ConnectorRow = typeof connectors.$inferSelect;

/** A connector's folder as a scan found it. */
export type Found =
  | { readonly name: string; readonly version: string; readonly problem: null }
  | { readonly name: string; readonly problem: string };

/** What is written as the problem of a connector whose folder is gone; jobs of it and its versions stay. */
const GONE = 'Its folder is gone.';

/** Every connector that has a folder, by name. */
export function listConnectors(db: Database): Promise<ConnectorRow[]> {
  return db.orm
    .select()
    .from(connectors)
    .where(or(isNull(connectors.problem), ne(connectors.problem, GONE)))
    .orderBy(asc(connectors.name));
}

export async function findConnector(db: Database, name: string): Promise<ConnectorRow | null> {
  const [row] = await db.orm.select().from(connectors).where(eq(connectors.name, name));
  return row ?? null;
}

/** Records what a scan found; what changed becomes an event. A broken folder keeps the version it had. */
export function recordFound(db: Database, found: readonly Found[]): Promise<void> {
  return inTransaction(db, async (tx) => {
    const events: NewEvent[] = [];
    for (const one of found) {
      const event = await recordOne(tx, one);
      if (event) events.push(event);
    }
    await appendEvents(tx, null, events);
  });
}

/** Records that the folders of these connectors are gone. */
export async function recordGone(db: Database, names: readonly string[]): Promise<void> {
  await recordFound(
    db,
    names.map((name) => ({ name, problem: GONE })),
  );
}

/** Returns null if there is no such connector. */
export function setConnectorActive(db: Database, name: string, active: boolean): Promise<ConnectorRow | null> {
  return inTransaction(db, async (tx) => {
    const [row] = await lock(tx, [name]);
    if (!row || row.active === active) return row ?? null;
    const [changed] = await tx.update(connectors).set({ active, updatedAt: sql`now()` }).where(eq(connectors.name, name)).returning();
    await appendEvents(tx, null, [{ kind: 'connector', subject: name, to: active ? 'active' : 'inactive' }]);
    return changed ?? null;
  });
}

/** Whether the version is kept already. */
export async function hasVersion(db: Database, version: string): Promise<boolean> {
  const rows = await db.orm.select({ hash: connectorVersions.hash }).from(connectorVersions).where(eq(connectorVersions.hash, version));
  return rows.length > 0;
}

/** Keeps a version, so that jobs can run from it whatever becomes of the folder. */
export async function storeVersion(db: Database, version: Version): Promise<void> {
  await db.orm
    .insert(connectorVersions)
    .values({ hash: version.version, connector: version.name, archive: Buffer.from(version.archive), inWorkers: version.inWorkers })
    .onConflictDoNothing();
}

export interface Version {
  readonly name: string;
  readonly version: string;
  readonly archive: Uint8Array;
  /** Whether its code runs in the workers themselves. */
  readonly inWorkers: boolean;
}

/** Whether the code of a version runs in the workers themselves. */
export async function runsInWorkers(db: Database, version: string): Promise<boolean> {
  const [row] = await db.orm
    .select({ inWorkers: connectorVersions.inWorkers })
    .from(connectorVersions)
    .where(eq(connectorVersions.hash, version));
  return row?.inWorkers ?? false;
}

/** The folder of a version as a gzipped tar archive. */
export async function readArchive(db: Database, version: string): Promise<Buffer | null> {
  const [row] = await db.orm
    .select({ archive: connectorVersions.archive })
    .from(connectorVersions)
    .where(eq(connectorVersions.hash, version));
  return row?.archive ?? null;
}

async function recordOne(tx: Transaction, found: Found): Promise<NewEvent | null> {
  const [row] = await lock(tx, [found.name]);
  const version = found.problem === null ? found.version : (row?.version ?? null);
  if (row && row.version === version && row.problem === found.problem) return null;
  const state = { version, problem: found.problem, updatedAt: sql`now()` };
  await tx
    .insert(connectors)
    .values({ name: found.name, ...state })
    .onConflictDoUpdate({ target: connectors.name, set: state });
  const to = found.problem === GONE ? 'gone' : found.problem !== null ? 'broken' : row ? 'changed' : 'added';
  return { kind: 'connector', subject: found.name, to, message: found.problem };
}

function lock(tx: Transaction, names: readonly string[]): Promise<ConnectorRow[]> {
  if (names.length === 0) return Promise.resolve([]);
  return tx
    .select()
    .from(connectors)
    .where(inArray(connectors.name, [...names]))
    .orderBy(asc(connectors.name))
    .for('update');
}
