import { join } from 'node:path';
import type { Database } from '@kiln/db/connect';
import { CommandError, EXIT } from '../exit.ts';
import { askControl, holdControl } from '../start/control.ts';

/** Where a home has its own database. */
export const databaseFolder = (home: string): string => join(home, 'postgres');
export const dataOf = (home: string): string => join(databaseFolder(home), 'data');

/** Which database an installation has, and how it can be had at this moment. */
export type Found =
  /** A server of somebody else's, named by DATABASE_URL. */
  | { readonly kind: 'external'; readonly url: string; readonly up: boolean }
  /** The home's own; `up`: a `kiln up` runs on it. */
  | { readonly kind: 'running'; readonly url: string; readonly up: boolean }
  /** The home's own, which does not run and cannot be started by others before `release`. */
  | { readonly kind: 'resting' }
  /** Nothing was ever started on this home. */
  | { readonly kind: 'none' };

export interface Installation {
  readonly database: Found;
  release(): Promise<void>;
}

/** Finds out; while it rests, `kiln up` on this home is refused with `busy`. */
export async function findInstallation(home: string, databaseUrl: string | undefined, busy: string): Promise<Installation> {
  const { majorOf, portOf } = await import('@kiln/db/backup');
  const data = dataOf(home);
  const nothing = async () => undefined;
  const asked = await askControl(home, 'database');
  const url = databaseUrl || asked;
  if (url) {
    const own = (await majorOf(data)) !== undefined && isHere(url, await portOf(data));
    return { database: { kind: own ? 'running' : 'external', url, up: asked !== undefined }, release: nothing };
  }
  if ((await majorOf(data)) === undefined) return { database: { kind: 'none' }, release: nothing };
  const release = await holdHome(home, busy);
  // A server that outlives its Kiln by a moment, or one that something else started.
  if ((await portOf(data)) === undefined) return { database: { kind: 'resting' }, release };
  const { startEmbedded } = await import('@kiln/db/embedded');
  return { database: { kind: 'running', url: (await startEmbedded(databaseFolder(home))).url, up: false }, release };
}

/** Keeps `kiln up` from starting on a home; whoever tries is told `busy`. Returns what ends it. */
export async function holdHome(home: string, busy: string): Promise<() => Promise<void>> {
  const refuse = async (): Promise<string> => {
    throw new Error(busy);
  };
  const control = await holdControl(home, { 'sign-in': refuse, database: refuse, address: refuse });
  if (!control) throw new CommandError(`Kiln runs on ${home} or is about to: try again in a moment.`, EXIT.failed);
  return () => control.close();
}

export async function openAt(url: string): Promise<Database> {
  const { openDatabase } = await import('@kiln/db/connect');
  return openDatabase(url, { max: 6 });
}

function isHere(url: string, port: number | undefined): boolean {
  if (port === undefined || !URL.canParse(url)) return false;
  const parsed = new URL(url);
  return ['127.0.0.1', 'localhost', '[::1]'].includes(parsed.hostname) && Number(parsed.port || 5432) === port;
}
