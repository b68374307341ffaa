import { KnownError } from '@kiln/domain';
import type { DirectMachine } from '@kiln/platforms/direct/machine';
import { probe, type Reach } from '@kiln/platforms/direct/probe';
import { addressOf } from '@kiln/platforms/shells/pool';

/** How long it is remembered that one machine reaches another, and that it does not; milliseconds. */
const REACHED = 3_600_000;
const NOT_REACHED = 600_000;

/** Which machines this worker knows to reach which. */
export interface Routes {
  reach(client: DirectMachine, server: DirectMachine, signal: AbortSignal): Promise<Reach>;
  /** A copy did not succeed, whatever was said before. */
  failed(client: DirectMachine, server: DirectMachine): void;
}

export function createRoutes(ask = probe, now: () => number = Date.now): Routes {
  const known = new Map<string, { readonly reach: Reach; readonly until: number }>();
  const keep = (key: string, reach: Reach) => known.set(key, { reach, until: now() + (reach.reached ? REACHED : NOT_REACHED) });

  return {
    async reach(client, server, signal) {
      const key = keyOf(client, server);
      const found = known.get(key);
      if (found && found.until > now()) return found.reach;
      const reach = await ask(client, server, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        if (error instanceof KnownError && error.code !== 'DATABASE_AWAY') return { reached: false, why: error.message } as const;
        throw error;
      });
      keep(key, reach);
      return reach;
    },
    failed: (client, server) =>
      void keep(keyOf(client, server), {
        reached: false,
        why: `a direct copy failed a moment ago, by a login from ${client.name} to ${server.name}`,
      }),
  };
}

function keyOf(client: DirectMachine, server: DirectMachine): string {
  return [client, server].map(({ connection }) => [...connection.jumps, connection].map(addressOf).join(',')).join(' ');
}
