import { and, asc, eq, notInArray, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { platforms } from './schema.ts';
import { rentedMachines } from './schema-clouds.ts';
import { cleanValue } from './storable.ts';
import { inTransaction } from './transaction.ts';

export type RentedMachine = typeof rentedMachines.$inferSelect;

/** A machine as its cloud has just listed it; `age` in seconds. */
export type ListedMachine = Pick<RentedMachine, 'id' | 'name' | 'job' | 'state' | 'address' | 'fault'> & { readonly age: number };

/** Notes all that a cloud has listed for a platform, and that the rest is gone. Of two lists that come in at once, the later one counts. */
export async function noteMachines(
  db: Database,
  { platform, pricePerHour }: Pick<RentedMachine, 'platform' | 'pricePerHour'>,
  listed: readonly ListedMachine[],
  at: number,
): Promise<void> {
  const machines = cleanValue(listed); // it holds what the cloud says
  const listedAt = new Date(at).toISOString();
  await inTransaction(db, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('rented_machines'), hashtext(${platform}))`);
    const [latest] = await tx
      .select({ at: sql<string | null>`max(${rentedMachines.listedAt})` })
      .from(rentedMachines)
      .where(eq(rentedMachines.platform, platform));
    if (latest?.at && Date.parse(latest.at) > at) return;
    const there = machines.map(({ id }) => id);
    await tx.delete(rentedMachines).where(and(eq(rentedMachines.platform, platform), notInArray(rentedMachines.id, there)));
    if (machines.length === 0) return;
    const rows = machines.map(({ age, id, name, job, state, address, fault }) => ({
      ...{ platform, pricePerHour, id, name, job, state, address, fault, listedAt },
      since: new Date(at - age * 1000).toISOString(),
    }));
    await tx
      .insert(rentedMachines)
      .values(rows)
      .onConflictDoUpdate({
        target: [rentedMachines.platform, rentedMachines.id],
        set: {
          ...{ state: sql`excluded.state`, address: sql`excluded.address`, fault: sql`excluded.fault` },
          listedAt: sql`excluded.listed_at`,
        },
      });
  });
}

/** On the platforms of a user, removed ones too, the oldest first. */
export async function listRentedMachines(db: Database, userId: string): Promise<readonly RentedMachine[]> {
  const rows = await db.orm
    .select({ machine: rentedMachines })
    .from(rentedMachines)
    .innerJoin(platforms, eq(platforms.name, rentedMachines.platform))
    .where(eq(platforms.ownerId, userId))
    .orderBy(asc(rentedMachines.since), asc(rentedMachines.id));
  return rows.map(({ machine }) => machine);
}
