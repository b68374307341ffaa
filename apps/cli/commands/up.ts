import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { greet, warnAboutHost } from '../start/greeting.ts';
import { addServerOptions, interruption, type ServerFlags, startOptions } from '../start/options.ts';
import { addRetentionOptions } from '../start/retention.ts';
import { startKiln } from '../start/up.ts';

export default function up(command: Command, context: Context): void {
  addRetentionOptions(addServerOptions(command))
    .addHelpText(
      'after',
      '\nIt keeps its database under --home unless DATABASE_URL names another. Ctrl-C stops it; jobs go on at the next start.',
    )
    .action((flags: ServerFlags) => run(flags, context));
}

async function run(flags: ServerFlags, context: Context): Promise<void> {
  const { screen, signal } = context;
  const options = startOptions(flags, context);
  warnAboutHost(options.host, screen);
  const running = await startKiln(options);
  try {
    await greet(running, options.home, screen);
    if (!running.ours) return;
    screen.line('Stop it with Ctrl-C; jobs go on at the next start.');
    await interruption(signal);
    screen.line('Stopping…');
  } finally {
    await running.close();
  }
}
