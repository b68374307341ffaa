import pg from 'pg';
import type { Database } from './connect.ts';

export interface Listening {
  close(): Promise<void>;
}

/**
 * Listens on Postgres channels over a connection of its own, which it makes anew when it breaks. Notifications sent
 * meanwhile are lost: `onReconnect` tells the caller to look for itself what it missed.
 */
export async function listen(
  db: Database,
  channels: readonly string[],
  onNotify: (channel: string, payload: string) => void,
  onReconnect: () => void,
): Promise<Listening> {
  let closed = false;
  let client = await connect();
  let reconnecting: Promise<void> | null = null;

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({ connectionString: db.url, keepAlive: true });
    fresh.on('notification', (message) => onNotify(message.channel, message.payload ?? ''));
    fresh.on('error', lost);
    fresh.on('end', lost);
    await fresh.connect();
    await fresh.query(channels.map((channel) => `listen ${pg.escapeIdentifier(channel)}`).join(';'));
    return fresh;
  }

  function lost(): void {
    if (closed || reconnecting) return;
    reconnecting = reconnect().finally(() => {
      reconnecting = null;
    });
  }

  async function reconnect(): Promise<void> {
    for (let attempt = 0; !closed; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(5000, 100 * 2 ** attempt) * (0.5 + Math.random() / 2)));
      if (closed) return;
      const fresh = await connect().catch(() => null); // The database is away: the next round tries again.
      if (!fresh) continue;
      client = fresh;
      onReconnect();
      return;
    }
  }

  return {
    async close() {
      closed = true;
      await reconnecting;
      await client.end();
    },
  };
}
