import { resolve } from 'node:path';
import { homeOf } from '@kiln/client/address';
import { type Command, Option } from 'commander';
import { collect, parsePort } from '../arguments.ts';
import type { Context } from '../context.ts';
import { keptFrom, type RetentionFlags } from './retention.ts';
import type { StartOptions } from './up.ts';

export interface ServerFlags extends RetentionFlags {
  readonly home?: string;
  readonly host: string;
  readonly port: number;
  readonly payloads?: readonly string[];
  readonly sandbox?: boolean;
  readonly verbose?: boolean;
}

export const homeOption = (): Option => new Option('--home <directory>', 'where Kiln keeps its things (also KILN_HOME; default ~/.kiln)');
export const verboseOption = (): Option => new Option('--verbose', 'server logs on standard error, too');

/** Options of the commands that start the API. */
export function addServerOptions(command: Command): Command {
  return command
    .addOption(new Option('--port <number>', 'port to listen on; 0 takes a free one').argParser(parsePort).default(4680))
    .addOption(new Option('--host <address>', 'address to listen on').default('127.0.0.1'))
    .addOption(homeOption())
    .addOption(new Option('--payloads <directory>', 'another folder of connectors; give it again for more').argParser(collect))
    .addOption(new Option('--sandbox', 'Apollo Sandbox at /graphql, for development'))
    .addOption(verboseOption());
}

export function startOptions(flags: ServerFlags, context: Context): StartOptions {
  return {
    home: homeFrom(flags, context),
    installation: context.installation,
    host: flags.host,
    port: flags.port,
    payloads: flags.payloads ?? [],
    databaseUrl: context.environment.DATABASE_URL || undefined,
    environment: context.environment,
    sandbox: flags.sandbox === true,
    verbose: flags.verbose === true,
    kept: keptFrom(flags, context),
  };
}

export function homeFrom(flags: { readonly home?: string }, { environment }: Context): string {
  return resolve(flags.home ?? homeOf(environment));
}

/** Resolves at Ctrl-C or SIGTERM. */
export function interruption(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    // A promise alone does not keep the process alive while every server happens to be quiet.
    const alive = setInterval(() => undefined, 2 ** 30);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}
