import type { Caller } from '@kiln/db/accounts';
import type { Asker } from '@kiln/db/asks';
import type { Database } from '@kiln/db/connect';
import { KnownError } from '@kiln/domain';
import type { Logger } from 'pino';
import type { Hub } from './hub.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import type { CatalogWatch } from './watch-catalog.ts';

/** What every call shares. */
export interface Services {
  readonly db: Database;
  readonly hub: Hub;
  readonly asker: Asker;
  readonly catalog: CatalogWatch;
  readonly log: Logger;
  /** Ends the subscriptions of tokens that are no longer good. */
  readonly recheckSockets: () => Promise<void>;
}

/** What resolvers get. */
export interface Context extends Services {
  readonly caller: Caller;
  readonly loaders: Loaders;
  /** Counts the rows that one operation asks for. @throws KnownError BAD_INPUT beyond what one may. */
  readonly spend: (rows: number) => void;
  readonly forgetCookie: () => void;
}

const MOST_ROWS = 20_000;

export interface Call {
  readonly caller: Caller;
  /** A subscription: its answers may be those that other subscribers get after the same event. */
  readonly live: boolean;
  readonly forgetCookie: () => void;
}

export function createContext(services: Services, { caller, live, forgetCookie }: Call): Context {
  let spent = 0;
  return {
    ...services,
    caller,
    forgetCookie,
    loaders: live ? createLoaders(services.db, services.hub.share) : createLoaders(services.db),
    spend(rows) {
      spent += live ? 0 : rows;
      if (spent > MOST_ROWS) {
        throw new KnownError('BAD_INPUT', `One request may ask for ${MOST_ROWS} rows at most, over all its lists: ask for shorter pages.`);
      }
    },
  };
}
