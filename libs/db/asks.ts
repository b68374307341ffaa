import { type Answers, type ErrorCode, KnownError, type Question } from '@kiln/domain';
import { eq, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { isDatabaseAway } from './errors.ts';
import { listen } from './listen.ts';
import { enqueueAnswer } from './queue.ts';
import { asks } from './schema-workers.ts';
import { cleanValue } from './storable.ts';
import { inTransaction } from './transaction.ts';

export interface Answer<K extends Question['kind']> {
  readonly answer: Answers[K];
  readonly body: Buffer | null;
}

/** The API's side: questions go to whichever worker is free, because only workers talk to platforms. */
export interface Asker {
  /** @throws KnownError NO_WORKER when nobody answers in time, or the worker's own error. */
  ask<K extends Question['kind']>(question: Extract<Question, { kind: K }>, options?: AskOptions): Promise<Answer<K>>;
  close(): Promise<void>;
}

export interface AskOptions {
  /** Milliseconds; default 15 s. */
  readonly timeout?: number;
  /** Bytes that belong to the question. */
  readonly body?: Buffer;
}

type Stored = { readonly value: unknown } | { readonly error: { readonly code: ErrorCode; readonly message: string } };

export async function createAsker(db: Database): Promise<Asker> {
  const waiting = new Map<string, () => void>();
  const wakeAll = () => {
    for (const wake of waiting.values()) wake();
  };
  const listening = await listen(db, ['kiln_answers'], (_channel, id) => waiting.get(id)?.(), wakeAll);

  return {
    async ask(question, { timeout = 15_000, body = null } = {}) {
      const id = crypto.randomUUID();
      const answered = waitFor(id, timeout);
      try {
        await inTransaction(db, async (tx) => {
          await tx.insert(asks).values({ id, question, body });
          await enqueueAnswer(tx, id);
        });
        await answered.promise;
        return await takeAnswer(db, id);
      } finally {
        answered.cancel();
      }
    },
    async close() {
      wakeAll();
      await listening.close();
    },
  };

  function waitFor(id: string, timeout: number) {
    let cancel = () => {};
    const promise = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeout);
      waiting.set(id, resolve);
      cancel = () => {
        clearTimeout(timer);
        waiting.delete(id);
      };
    });
    return { promise, cancel };
  }
}

async function takeAnswer<K extends Question['kind']>(db: Database, id: string): Promise<Answer<K>> {
  const [row] = await db.orm.delete(asks).where(eq(asks.id, id)).returning();
  if (!row?.answer) {
    throw new KnownError('NO_WORKER', 'No worker answered: check that one is running (`kiln worker`).', { retryable: true });
  }
  const stored = row.answer as Stored; // written by `answerAsk` alone
  if ('error' in stored) throw new KnownError(stored.error.code, stored.error.message);
  return { answer: stored.value as Answers[K], body: row.body }; // `answerAsk` pairs the kind of question and answer
}

/** `body`: bytes that belong to the question. */
export type Answerer = (question: Question, body: Buffer | null) => Promise<{ value: unknown; body?: Uint8Array }>;

/** The worker's side: answers the question `id`, if anybody still waits for it. Unexpected errors are also thrown. */
export async function answerAsk(db: Database, id: string, answerer: Answerer): Promise<void> {
  const [row] = await db.orm.select({ question: asks.question, body: asks.body }).from(asks).where(eq(asks.id, id));
  if (!row) return;
  try {
    const { value, body } = await answerer(row.question as Question, row.body); // written by `ask` alone
    await store(db, id, { value }, body);
  } catch (error) {
    const known = expected(error);
    const { code, message } = known ?? { code: 'INTERNAL', message: 'The worker could not answer; its log says why.' };
    await store(db, id, { error: { code, message } });
    if (!known) throw error;
  }
}

function expected(error: unknown): KnownError | null {
  if (error instanceof KnownError) return error;
  if (!isDatabaseAway(error)) return null;
  return new KnownError('DATABASE_AWAY', 'The database did not answer; try again in a moment.', { retryable: true, cause: error });
}

async function store(db: Database, id: string, answer: Stored, body?: Uint8Array): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx
      .update(asks)
      .set({ answer: cleanValue(answer), body: body ? Buffer.from(body) : null })
      .where(eq(asks.id, id));
    await tx.execute(sql`select pg_notify('kiln_answers', ${id})`);
  });
}

/** Removes questions that nobody waits for any more. */
export async function forgetOldAsks(db: Database): Promise<void> {
  await db.orm.execute(sql`delete from asks where created_at < now() - interval '5 minutes'`);
}

/** Tells the API that a watched log grew or its task ended. */
export async function notifyLog(db: Database, jobId: number, task: number, stream: string): Promise<void> {
  await db.orm.execute(sql`select pg_notify('kiln_logs', ${JSON.stringify({ job: jobId, task, stream })})`);
}
