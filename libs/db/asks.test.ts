import { testDatabase } from '@kiln/testing/database';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Answerer, answerAsk, createAsker } from './asks.ts';
import type { Database } from './connect.ts';

let db: Database;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

/** What whoever asks is told, and what the worker that answers says of it in its log. */
async function ask(answerer: Answerer): Promise<{ told: unknown; thrown: unknown }> {
  const asker = await createAsker(db);
  try {
    const told = asker.ask({ kind: 'check-output', storage: 'local', path: '' }).catch((error: unknown) => error);
    const id = await vi.waitFor(async () => {
      const { rows } = await db.pool.query<{ id: string }>('select id from asks');
      expect(rows).toHaveLength(1);
      return rows[0]?.id ?? '';
    }, 20_000);
    const thrown = await answerAsk(db, id, answerer).catch((error: unknown) => error);
    return { told: await told, thrown };
  } finally {
    await asker.close();
  }
}

test('a question that meets a database that is away is to be asked again, and is no failure of the worker', async () => {
  const { told, thrown } = await ask(() => Promise.reject(Object.assign(new Error('is starting up'), { code: '57P03' })));
  expect(told).toMatchObject({ code: 'DATABASE_AWAY' });
  expect(thrown).toBeUndefined();
});

test('whoever asks hears of an unexpected failure, and the log of the worker has it', async () => {
  const { told, thrown } = await ask(() => Promise.reject(new TypeError('no such thing')));
  expect(told).toMatchObject({ code: 'INTERNAL' });
  expect(thrown).toMatchObject({ message: 'no such thing' });
});
