import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { jsonOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { type Restored, restoreHome } from '../housekeeping/restore-home.ts';
import { many } from '../screen/ago.ts';
import { styled } from '../screen/piece.ts';
import type { Screen } from '../screen/screen.ts';
import { homeFrom, homeOption } from '../start/options.ts';

interface Flags {
  readonly home?: string;
  readonly json?: boolean;
}

export default function restore(command: Command, context: Context): void {
  command
    .argument('<file>', 'an archive that `kiln backup` made')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nThe home must be empty or not there yet. The archive is checked before anything takes its place.')
    .action((file: string, flags: Flags) => run(resolve(file), flags, context));
}

async function run(file: string, flags: Flags, context: Context): Promise<void> {
  const { screen, signal } = context;
  const home = homeFrom(flags, context);
  const restored = await restoreHome(file, home, signal);
  if (flags.json) screen.json({ home, ...restored.manifest, counts: restored.counts });
  else tell(restored, home, screen);
}

function tell({ manifest, counts }: Restored, home: string, screen: Screen): void {
  const held = counts && `: ${many(counts.jobs, 'job')}, ${many(counts.users, 'user')}, ${many(counts.platforms, 'platform')}`;
  screen.line('Restored to ', styled('strong', home), ` what was backed up at ${manifest.madeAt}${held ?? ''}.`);
  if (!counts)
    screen.line(
      'The database is not in this backup: restore it with pg_restore, and set DATABASE_URL to its address before you start Kiln.',
    );
  if (!manifest.results)
    screen.line(`Results of jobs are not in it: copy outputs/ of the old home to ${join(home, 'outputs')} to have them.`);
  screen.line('Start it with ', styled('strong', `kiln up --home ${home}`), '.');
  screen.line('Do not start the old installation again: both would go on with the same jobs on the same platforms.');
}
