import type { Command } from 'commander';
import { jsonOption, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';

interface Options {
  readonly json?: boolean;
  readonly url?: string;
}

export default function token(command: Command, context: Context): void {
  command
    .command('new')
    .description('Make a personal API token and print it, this once.')
    .argument('<name>', 'what it is for')
    .addOption(jsonOption())
    .addOption(urlOption())
    .action((name: string, options: Options) => run(name, options, context));
}

async function run(name: string, options: Options, context: Context): Promise<void> {
  const created = await (await context.kiln(options)).createToken(name);
  if (options.json) context.screen.json(created);
  else context.screen.line(created.token);
}
