import { DEFAULT_URL, readAddress } from '@kiln/client/address';
import type { Command } from 'commander';
import { jsonOption, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { CommandError, EXIT } from '../exit.ts';
import { askControl } from '../start/control.ts';
import { openSharedDatabase } from '../start/database.ts';
import { showLink } from '../start/greeting.ts';
import { homeFrom, homeOption } from '../start/options.ts';
import { makeSignInLink } from '../start/sign-in-link.ts';

interface Flags {
  readonly home?: string;
  readonly url?: string;
  readonly json?: boolean;
}

export default function signIn(command: Command, context: Context): void {
  command
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nIt needs a `kiln up` on this machine, or DATABASE_URL.')
    .action((flags: Flags) => run(flags, context));
}

async function run(flags: Flags, context: Context): Promise<void> {
  const link = await freshLink(flags, context);
  if (flags.json) context.screen.json({ link });
  else await showLink(link, context.screen);
}

async function freshLink(flags: Flags, context: Context): Promise<string> {
  const home = homeFrom(flags, context);
  const { DATABASE_URL, KILN_URL } = context.environment;
  const link = DATABASE_URL ? undefined : await askControl(home, 'sign-in');
  if (link !== undefined) return link;
  if (!DATABASE_URL)
    throw new CommandError(
      'Kiln does not run on this machine: start it with `kiln up`, or set DATABASE_URL to its database.',
      EXIT.unreachable,
    );
  const database = await openSharedDatabase(home, DATABASE_URL);
  try {
    return await makeSignInLink(database.db, flags.url ?? KILN_URL ?? readAddress(home)?.url ?? DEFAULT_URL);
  } finally {
    await database.close();
  }
}
