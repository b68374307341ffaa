import type { Kiln } from '@kiln/client/kiln';
import type { Screen } from './screen/screen.ts';

/** What `main.ts` takes from the environment. */
export interface Environment extends Readonly<Record<string, string | undefined>> {
  readonly KILN_URL?: string | undefined;
  readonly KILN_TOKEN?: string | undefined;
  readonly KILN_HOME?: string | undefined;
  readonly DATABASE_URL?: string | undefined;
}

/** What every command gets. */
export interface Context {
  readonly environment: Environment;
  readonly screen: Screen;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Installation's folder with `payloads/`, `drizzle/` and, once built, `dist/`. */
  readonly installation: string;
  /** The SDK, at the address that the options or the environment name. */
  kiln(options: { readonly url?: string }): Promise<Kiln>;
}
