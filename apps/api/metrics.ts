import type { Caller } from '@kiln/db/accounts';
import type { Database } from '@kiln/db/connect';
import { measure } from '@kiln/db/measure';
import { KnownError } from '@kiln/domain';
import type { Request, RequestHandler } from 'express';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { gaugesOf } from './gauges.ts';

/** Milliseconds. Prometheus gives up after ten seconds if nobody told it otherwise. */
const ANSWERED_WITHIN = 8000;
const KEPT = 5000;

/** What the whole installation is at, for Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function metrics(db: Database, caller: (request: Request) => Promise<Caller>): RequestHandler {
  const installation = oneAtATime(() => measure(db, ANSWERED_WITHIN).then(gaugesOf));

  async function answer(request: Request): Promise<string> {
    await allow(caller(request));
    return Registry.merge([await installation(), ofThisProcess()]).metrics();
  }

  return async (request, response) => {
    const text = await within(ANSWERED_WITHIN, answer(request));
    response.set({ 'Content-Type': Registry.PROMETHEUS_CONTENT_TYPE, 'Cache-Control': 'no-store' }).send(text);
  };
}

const HOW = 'pass the API token of an administrator, as in `Authorization: Bearer kiln_…`; `kiln token new prometheus` makes one.';

/** They tell of all users. */
async function allow(calling: Promise<Caller>): Promise<void> {
  const { user } = await calling.catch((error: unknown) => {
    throw error instanceof KnownError && error.code === 'NOT_SIGNED_IN'
      ? new KnownError('NOT_SIGNED_IN', `Metrics are for administrators: ${HOW}`, { cause: error })
      : error;
  });
  if (!user.administrator) throw new KnownError('FORBIDDEN', `${user.name} is no administrator, and metrics tell of all users: ${HOW}`);
}

/** However many ask, one collects; what it found is told to all who ask in the next seconds. What went wrong is told to those who waited. */
function oneAtATime<T>(collect: () => Promise<T>): () => Promise<T> {
  let current: { readonly found: Promise<T>; until: number } | null = null;
  return () => {
    if (current && performance.now() < current.until) return current.found;
    const collecting = { found: collect(), until: Number.POSITIVE_INFINITY };
    current = collecting;
    collecting.found.then(
      () => {
        collecting.until = performance.now() + KEPT;
      },
      () => {
        current = null;
      },
    );
    return collecting.found;
  };
}

/** A database that says neither yes nor no is away, too. */
async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new KnownError(
      'DATABASE_AWAY',
      `The database did not answer within ${milliseconds / 1000} seconds; try again in a moment.`,
    );
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

let own: Registry | undefined;

/** One for the process: nobody can end the watching of its event loop. It begins with the first scrape, for those who want it. */
function ofThisProcess(): Registry {
  if (own) return own;
  own = new Registry();
  collectDefaultMetrics({ register: own });
  return own;
}
