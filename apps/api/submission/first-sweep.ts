import type { LoadedConnector } from '@kiln/connectors/load';
import { createConnectorCode } from '@kiln/connectors/run-code';
import { firstSweep } from '@kiln/connectors/sweep';
import { KnownError, type Parameters, type Problem, type Sweep } from '@kiln/domain';
import pLimit from 'p-limit';

/** Milliseconds that a function has to choose the points: somebody waits for the answer. */
const LONGEST = 10_000;
/** Functions that run at once, each in a process of its own, and that wait for that at most. */
const atOnce = pLimit(2);
const MOST_WAITING = 20;

const BUSY = 'Too many submissions whose sweep is chosen by code are checked now; try again in a moment.';

/** The points of the first iteration, or why there are none. */
export async function firstSweepOf(
  loaded: LoadedConnector,
  parameters: Parameters,
): Promise<{ readonly sweep: Sweep } | { readonly problem: Problem }> {
  const code = createConnectorCode({ loaded, signal: new AbortController().signal, limits: { decision: LONGEST } });
  try {
    if (atOnce.pendingCount >= MOST_WAITING) throw new KnownError('CONFLICT', BUSY, { retryable: true });
    return { sweep: await firstSweep(loaded.connector, parameters, { sweep: (...given) => atOnce(() => code.sweep(...given)) }) };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return { problem: { path: ['sweep'], code: error.code, message: error.message } };
  }
}
