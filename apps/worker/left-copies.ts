import type { Database } from '@kiln/db/connect';
import { claimCopy, type DirectCopy, forgetCopy, leftCopies } from '@kiln/db/direct-copies';
import { findPlatform } from '@kiln/db/platforms';
import { endCopy } from '@kiln/platforms/direct/carry';
import type { Logger } from 'pino';
import type { Directing } from './direct.ts';
import type { Places } from './places.ts';

/** Removes what copies have left whose worker died, or could not reach a machine: keys, and what was still at work. */
export interface LeftCopies {
  /** Begins to look in the background, unless it does already; to be called now and then. */
  tick(): void;
  close(): Promise<void>;
}

export function createLeftCopies(
  db: Database,
  places: Pick<Places, 'machine'>,
  { marks, running: atWork, workerId }: Directing,
  log: Logger,
): LeftCopies {
  let running: Promise<void> | null = null;
  const closing = new AbortController();

  const machine = async (name: string | null) => {
    const platform = name === null ? null : await findPlatform(db, name);
    return platform && places.machine(platform);
  };

  async function end(copy: DirectCopy): Promise<void> {
    const [client, server] = await Promise.all([machine(copy.client), machine(copy.server)]);
    if (!(await claimCopy(db, copy, ''))) return;
    await endCopy({ ...copy, client, server, marks }, closing.signal);
    await forgetCopy(db, copy, `What a direct copy had left was removed${whereOf(copy, server !== null)}.`);
  }

  /** What cannot be reached now may be later. */
  async function round(): Promise<void> {
    const own = (await workerId)();
    for (const copy of await leftCopies(db, own)) {
      if (closing.signal.aborted) return;
      if (atWork.has(copy.id)) continue;
      await end(copy).catch((error: unknown) =>
        log.warn({ err: error, copy }, 'what a direct copy left could not be removed; it is tried again'),
      );
    }
  }

  return {
    tick() {
      if (running || closing.signal.aborted) return;
      running = round()
        .catch((error: unknown) => log.warn({ err: error }, 'direct copies could not be looked after; it is tried again'))
        .finally(() => {
          running = null;
        });
    },
    async close() {
      closing.abort();
      await running;
    },
  };
}

function whereOf({ client, server, fingerprint }: DirectCopy, reached: boolean): string {
  if (reached) return ` from ${[client, server].filter((name) => name !== null).join(' and ')}; its key ${fingerprint} is gone`;
  const from = client === null ? '' : ` from ${client}`;
  return `${from}; its key ${fingerprint} may still stand in authorized_keys on a machine that is not registered any more, marked kiln-direct`;
}
