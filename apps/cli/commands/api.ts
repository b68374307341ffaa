import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { Closers } from '../start/closers.ts';
import { openSharedDatabase } from '../start/database.ts';
import { warnAboutHost } from '../start/greeting.ts';
import { openLog } from '../start/logs.ts';
import { addServerOptions, interruption, type ServerFlags, startOptions } from '../start/options.ts';
import { requireFolders } from '../start/payload-folders.ts';
import { keepLogsOption } from '../start/retention.ts';
import { serveApi } from '../start/services.ts';

interface Flags extends ServerFlags {
  readonly publicUrl?: string;
}

export default function api(command: Command, context: Context): void {
  addServerOptions(command)
    .addOption(keepLogsOption())
    .addOption(new Option('--public-url <address>', 'the address that people use, if a proxy stands before it'))
    .addHelpText('after', '\nDATABASE_URL names the database; without it, that of the `kiln up` on this machine is used.')
    .action((flags: Flags) => run(flags, context));
}

async function run(flags: Flags, context: Context): Promise<void> {
  const { screen, signal } = context;
  const options = startOptions(flags, context);
  warnAboutHost(options.host, screen);
  await requireFolders(options.payloads);
  const closers = new Closers();
  try {
    const logs = openLog(options.home, 'api', options.verbose, options.kept.logs);
    closers.add(async () => logs.close());
    const database = await openSharedDatabase(options.home, options.databaseUrl);
    closers.add(() => database.close());
    const served = await serveApi({ ...options, db: database.db, log: logs.log, publicUrl: flags.publicUrl });
    closers.add(() => served.close());
    screen.line(
      `The API and dashboard are at ${served.url}. \`kiln sign-in --url ${flags.publicUrl ?? served.url}\` prints a link that signs in.`,
    );
    await interruption(signal);
    screen.line('Stopping…');
  } finally {
    await closers.close();
  }
}
