import type { Database } from './connect.ts';

/** What runs inside `inTransaction`, and what takes part in one. */
export type Transaction = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/** Runs `body` in one transaction. Never await anything but the database inside it. */
export function inTransaction<T>(db: Database, body: (tx: Transaction) => Promise<T>): Promise<T> {
  return db.orm.transaction(body);
}
