import { sql } from 'drizzle-orm';
import type { Transaction } from './transaction.ts';

/** Tells API processes and workers at commit that something of the platform is new; they read for themselves what. */
export async function tellPlatform(tx: Pick<Transaction, 'execute'>, name: string, more: { readonly tryNow?: true } = {}): Promise<void> {
  await tx.execute(sql`select pg_notify('kiln_platforms', ${JSON.stringify({ name, ...more })})`);
}
