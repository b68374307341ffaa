import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApiToken, ensureAdministrator, type User } from '@kiln/db/accounts';
import { type Answerer, answerAsk } from '@kiln/db/asks';
import type { Database } from '@kiln/db/connect';
import { ensureBuiltins } from '@kiln/db/platforms';
import { runQueue } from '@kiln/db/run-queue';
import { users } from '@kiln/db/schema';
import { testDatabase } from '@kiln/testing/database';
import { type Client, createClient, type FormattedExecutionResult } from 'graphql-ws';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { type Api, startApi } from '../server.ts';

const PAYLOADS = fileURLToPath(new URL('../../../payloads', import.meta.url));

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of an answer is what it checks.
  readonly data: any;
  readonly errors: readonly { message: string; extensions: { code: string; reference?: string } }[] | undefined;
}

export type Variables = Record<string, unknown>;

export interface TestApi {
  readonly api: Api;
  readonly db: Database;
  readonly administrator: User;
  readonly token: string;
  /** A folder of connectors of this test's own, with the shipped ones in it. */
  readonly payloads: string;
  readonly home: string;
  readonly logged: string[];
  call(document: string, variables?: Variables, token?: string | null): Promise<Answer>;
  /** Another user's token. */
  someoneElse(name?: string): Promise<string>;
  socket(token?: string): Client;
  /** Answers questions as a worker would. */
  answer(answerer: Answerer): Promise<void>;
  close(): Promise<void>;
}

/** The API as a client meets it, on a database of its own. */
export async function startTestApi({ sandbox = false } = {}): Promise<TestApi> {
  const db = await testDatabase();
  const home = await mkdtemp(join(tmpdir(), 'kiln-api-'));
  const payloads = join(home, 'payloads');
  await mkdir(payloads);
  await cp(PAYLOADS, payloads, { recursive: true });
  await ensureBuiltins(db, 2);
  const administrator = await ensureAdministrator(db);
  const { token } = await createApiToken(db, administrator.id, 'test');
  const logged: string[] = [];
  const closing: (() => unknown)[] = [() => rm(home, { recursive: true, force: true }), () => db.close()];
  const api = await startApi({
    db,
    host: '127.0.0.1',
    port: 0,
    dashboardDirectory: join(home, 'dashboard'),
    payloadFolders: [payloads],
    kilnHome: home,
    log: pino({ level: 'info' }, { write: (line: string) => logged.push(line) }),
    sandbox,
  });
  closing.push(() => api.close());

  return {
    api,
    db,
    administrator,
    token,
    payloads,
    home,
    logged,
    call: (document, variables, as = token) => callApi(api.url, document, variables, as),
    async someoneElse(name = 'someone else') {
      const [user] = await db.orm.insert(users).values({ name }).returning();
      return (await createApiToken(db, user?.id ?? '', 'test')).token;
    },
    socket(as = token) {
      const client = createClient({
        url: `${api.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${as}` },
        retryAttempts: 0,
        lazy: true,
      });
      closing.push(() => client.dispose());
      return client;
    },
    async answer(answerer) {
      const queue = await runQueue(db, 2, {
        advance: async () => undefined,
        check: async () => undefined,
        answer: (askId) => answerAsk(db, askId, answerer),
        report: () => undefined,
      });
      closing.push(() => queue.stop());
    },
    async close() {
      for (const close of closing.reverse()) await close();
    },
  };
}

async function callApi(url: string, query: string, variables: Variables | undefined, token: string | null): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as Pick<Answer, 'data' | 'errors'>; // GraphQL over HTTP
  return { status: response.status, data: body.data, errors: body.errors };
}

/** Takes from a subscription until `enough`, then leaves it. */
export async function takeUntil<T>(
  messages: AsyncIterable<FormattedExecutionResult<T, unknown>>,
  enough: (all: readonly T[]) => boolean,
): Promise<T[]> {
  const all: T[] = [];
  for await (const { data, ...rest } of messages) {
    if (!data) throw new Error(`No data: ${JSON.stringify(rest)}`);
    all.push(data);
    if (enough(all)) break;
  }
  return all;
}

export const SUBMIT = `mutation ($input: SubmitJobInput!) {
  submitJob(input: $input) { job { id connector parameters status output { storage path } lastSeq } problems { path code message } }
}`;

export async function submitted(api: TestApi, connector = 'randnum', parameters: Variables = {}): Promise<string> {
  const { data, errors } = await api.call(SUBMIT, { input: { connector, parameters } });
  if (!data?.submitJob.job) throw new Error(JSON.stringify({ data, errors }));
  return data.submitJob.job.id;
}
