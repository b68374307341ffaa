import { type Command, Option } from 'commander';
import { parseNumber } from '../arguments.ts';
import type { Context } from '../context.ts';
import { Closers } from '../start/closers.ts';
import { openSharedDatabase } from '../start/database.ts';
import { openLog } from '../start/logs.ts';
import { homeFrom, homeOption, interruption, verboseOption } from '../start/options.ts';
import { addRetentionOptions, keptFrom, type RetentionFlags } from '../start/retention.ts';
import { serveWorker } from '../start/services.ts';

interface Flags extends RetentionFlags {
  readonly home?: string;
  readonly concurrency?: number;
  readonly verbose?: boolean;
}

export default function worker(command: Command, context: Context): void {
  addRetentionOptions(command)
    .addOption(new Option('--concurrency <number>', 'jobs that it advances at once').argParser(parseNumber))
    .addOption(homeOption())
    .addOption(verboseOption())
    .addHelpText(
      'after',
      '\nStart as many as you like on one machine, with the same --home. DATABASE_URL names the database; without it, that of the `kiln up` on this machine is used.',
    )
    .action((flags: Flags) => run(flags, context));
}

async function run(flags: Flags, context: Context): Promise<void> {
  const { screen, signal, environment } = context;
  const home = homeFrom(flags, context);
  const kept = keptFrom(flags, context);
  const closers = new Closers();
  try {
    const logs = openLog(home, 'worker', flags.verbose === true, kept.logs);
    closers.add(async () => logs.close());
    const database = await openSharedDatabase(home, environment.DATABASE_URL, (flags.concurrency ?? 8) + 4);
    closers.add(() => database.close());
    const served = await serveWorker({ db: database.db, log: logs.log, home, environment, concurrency: flags.concurrency, kept });
    closers.add(() => served.close());
    screen.line('The worker runs. Stop it with Ctrl-C; other workers take over what it had begun.');
    await interruption(signal);
    screen.line('Stopping…');
  } finally {
    await closers.close();
  }
}
