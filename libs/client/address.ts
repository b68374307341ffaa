import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KilnError } from './errors.ts';
import { field } from './wire.ts';

/** The part of a process's environment that says where Kiln is. */
export interface KilnEnvironment {
  readonly KILN_URL?: string | undefined;
  readonly KILN_TOKEN?: string | undefined;
  /** Default `~/.kiln`. */
  readonly KILN_HOME?: string | undefined;
}

export interface Address {
  readonly url: string;
  readonly token: string;
}

export const DEFAULT_URL = 'http://127.0.0.1:4680';

/**
 * From `KILN_URL` and `KILN_TOKEN`, else from what `kiln up` left in `$KILN_HOME/cli.json`.
 * @throws KilnError `NOT_SIGNED_IN` when no token is known for the address, `BAD_INPUT` when the address is none
 */
export function findAddress(environment: KilnEnvironment): Address {
  const home = homeOf(environment);
  const file = readAddress(home);
  const url = originOf(environment.KILN_URL ?? file?.url ?? DEFAULT_URL);
  // The token of one installation is never sent to another.
  const token = environment.KILN_TOKEN ?? (file && originOf(file.url) === url ? file.token : undefined);
  if (token !== undefined && token !== '') return { url, token };
  if (environment.KILN_URL === undefined) {
    throw new KilnError(
      'UNREACHABLE',
      `Kiln has not been started yet (there is no ${addressFile(home)}): start it with \`kiln up\`, or set KILN_URL and KILN_TOKEN.`,
    );
  }
  throw new KilnError('NOT_SIGNED_IN', `No token is known for ${url}: set KILN_TOKEN to a personal API token of it.`);
}

export function homeOf(environment: KilnEnvironment): string {
  return environment.KILN_HOME || join(homedir(), '.kiln');
}

export function addressFile(home: string): string {
  return join(home, 'cli.json');
}

/** What `kiln up` left for programs on this machine. */
export function readAddress(home: string): Address | undefined {
  let text: string;
  try {
    text = readFileSync(addressFile(home), 'utf8');
  } catch (error) {
    if (field(error, 'code') === 'ENOENT') return undefined;
    throw new KilnError('NOT_SIGNED_IN', `${addressFile(home)} cannot be read: ${String(field(error, 'message'))}.`, { cause: error });
  }
  return parseAddress(text, home);
}

function parseAddress(text: string, home: string): Address {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined; // the sentence below says so
  }
  const url = field(value, 'url');
  const token = field(value, 'token');
  if (typeof url === 'string' && typeof token === 'string') return { url, token };
  throw new KilnError('NOT_SIGNED_IN', `${addressFile(home)} is damaged: run \`kiln up\` again to write it anew.`);
}

function originOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && /^https?:$/.test(parsed.protocol)) return parsed.origin;
  throw new KilnError('BAD_INPUT', `${JSON.stringify(url)} is not an address such as ${DEFAULT_URL}.`);
}
