import { type Command, Option } from 'commander';
import { jsonOption, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { homeOption } from '../start/options.ts';
import type { ActiveOptions } from './connector-active.ts';
import type { CheckOptions } from './connector-check.ts';
import type { NewOptions } from './connector-new.ts';

export default function connector(command: Command, context: Context): void {
  command
    .command('new')
    .description('Make the folder of a new connector.')
    .argument('<name>', 'lower-case letters, digits and hyphens')
    .addOption(new Option('--in <directory>', 'where to make it (default: $KILN_HOME/payloads, where Kiln finds it at once)'))
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (name: string, options: NewOptions) => (await import('./connector-new.ts')).run(name, options, context));
  command
    .command('check')
    .description('Tell what is wrong with a connector, without running it.')
    .argument('<name or path>', 'a connector of yours or of this installation, or a folder')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (which: string, options: CheckOptions) => (await import('./connector-check.ts')).run(which, options, context));
  for (const [name, active] of [
    ['activate', true],
    ['deactivate', false],
  ] as const) {
    command
      .command(name)
      .description(active ? 'Let jobs be submitted to a connector again.' : 'Take a connector out of use; its jobs stay.')
      .argument('<name>', 'which connector')
      .addOption(jsonOption())
      .addOption(urlOption())
      .action(async (which: string, options: ActiveOptions) =>
        (await import('./connector-active.ts')).run(which, active, options, context),
      );
  }
}
