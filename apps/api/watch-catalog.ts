import { type CatalogEntry, createCatalog } from '@kiln/connectors/catalog';
import type { LoadedConnector } from '@kiln/connectors/load';
import { type Found, listConnectors, recordFound, recordGone } from '@kiln/db/catalog';
import type { Database } from '@kiln/db/connect';
import type { Logger } from 'pino';

/** The connectors' folders, looked at every two seconds; what changed is recorded in the database. */
export interface CatalogWatch {
  /** The connector as its folder was when it was last sound. */
  loaded(name: string): LoadedConnector | undefined;
  /** Looks now: what was saved just before is seen. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export interface CatalogOptions {
  /** Payload folders; of two connectors with the same name the one in the earlier folder counts. */
  readonly folders: readonly string[];
  readonly cache: string;
}

const EVERY = 2000;

export async function watchCatalog(db: Database, options: CatalogOptions, log: Logger): Promise<CatalogWatch> {
  const catalog = createCatalog(options);
  const sound = new Map<string, LoadedConnector>();
  const warned = new Set<string>();
  let recorded = new Map((await listConnectors(db)).map((row) => [row.name, row.problem ?? row.version ?? '']));
  let last: Promise<unknown> = Promise.resolve();
  let busy = false;
  let closed = false;

  /** One at a time: an older look never overwrites a newer one. */
  function refresh(): Promise<void> {
    const look = last.then(async () => record(await catalog.scan()));
    last = look.catch(() => undefined); // told to the caller of that look; the next one starts afresh
    return look;
  }

  async function record(entries: readonly CatalogEntry[]): Promise<void> {
    for (const entry of entries) if (entry.state === 'broken' && entry.shadowed) warnOnce(entry.problem);
    const counting = entries.filter((entry) => entry.state === 'sound' || !entry.shadowed);
    const found = counting.map(foundIn);
    const now = new Map(found.map((one) => [one.name, one.problem ?? one.version]));
    const changed = found.filter((one) => recorded.get(one.name) !== now.get(one.name)).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of counting) if (entry.state === 'sound') sound.set(entry.name, entry.loaded);
    if (changed.length > 0) await recordFound(db, changed);
    const gone = [...recorded.keys()].filter((name) => !now.has(name));
    if (gone.length > 0) await recordGone(db, gone);
    recorded = now;
  }

  function warnOnce(problem: string): void {
    if (!warned.has(problem)) log.warn(problem);
    warned.add(problem);
  }

  async function tick(): Promise<void> {
    if (busy || closed) return;
    busy = true;
    try {
      await refresh();
    } catch (error) {
      log.warn({ err: error }, 'The connectors could not be looked at; trying again soon.');
    } finally {
      busy = false;
    }
  }

  await refresh();
  const timer = setInterval(() => void tick(), EVERY);
  return {
    loaded: (name) => sound.get(name),
    refresh,
    async close() {
      closed = true;
      clearInterval(timer);
      await last;
    },
  };
}

function foundIn(entry: CatalogEntry): Found {
  return entry.state === 'sound'
    ? { name: entry.name, version: entry.loaded.hash, problem: null }
    : { name: entry.name, problem: entry.problem };
}
