import { resolve } from 'node:path';
import type { Command } from 'commander';
import { jsonOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { backUp } from '../housekeeping/back-up.ts';
import { inBytes } from '../screen/ago.ts';
import { styled } from '../screen/piece.ts';
import { homeFrom, homeOption } from '../start/options.ts';

interface Flags {
  readonly home?: string;
  readonly results?: boolean;
  readonly json?: boolean;
}

export default function backup(command: Command, context: Context): void {
  command
    .argument('<file>', 'the archive to write, as in kiln-2025-06-01.tar.gz')
    .option('--results', 'the results of jobs, too')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nKiln may run meanwhile. The archive holds the database, the key that opens the credentials of platforms, and your connectors: keep it as you keep a password.',
    )
    .action((file: string, flags: Flags) => run(resolve(file), flags, context, command.parent?.version() ?? 'unknown'));
}

async function run(file: string, flags: Flags, context: Context, version: string): Promise<void> {
  const { screen, signal, environment } = context;
  const made = await backUp({
    home: homeFrom(flags, context),
    file,
    version,
    databaseUrl: environment.DATABASE_URL || undefined,
    results: flags.results === true,
    signal,
    progress: (bytes) => screen.live([`${inBytes(bytes)} so far`]),
  });
  screen.live([]);
  if (flags.json) screen.json({ file, database: made.database, bytes: made.bytes, ...made.manifest });
  else screen.line('Backed up to ', styled('strong', file), ` (${inBytes(made.bytes)} before compression).`);
  if (made.database === 'external')
    screen.error(
      styled(
        'warning',
        'The database is not in it, for DATABASE_URL names a server of your own: back it up with `pg_dump --format=custom`.',
      ),
    );
  if (!flags.json && !flags.results) screen.line('Results of jobs are not in it; --results takes them, too.');
}
