import type { Command } from 'commander';
import { jsonOption, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { styled } from '../screen/piece.ts';

interface Options {
  readonly json?: boolean;
  readonly url?: string;
}

export default function connector(command: Command, context: Context): void {
  for (const [name, active] of [['activate', true], ['deactivate', false]] as const) {
    command
      .command(name)
      .description(active ? 'Let jobs be submitted to a connector again.' : 'Take a connector out of use; its jobs stay.')
      .argument('<name>', 'which connector')
      .addOption(jsonOption())
      .addOption(urlOption())
      .action((which: string, options: Options) => setActive(which, active, options, context));
  }
}

async function setActive(name: string, active: boolean, options: Options, context: Context): Promise<void> {
  const changed = await (await context.kiln(options)).setConnectorActive(name, active);
  if (options.json) return context.screen.json(changed);
  context.screen.line(styled('strong', changed.name), changed.active ? ' takes jobs again.' : ' takes no more jobs; those it has stay.');
}
