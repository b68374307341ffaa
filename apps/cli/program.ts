import { Command, type CommanderError } from 'commander';
import { CATALOGUE } from './catalogue.ts';
import type { Context } from './context.ts';
import { EXIT, EXIT_HELP } from './exit.ts';

/** `kiln` with the names of its commands; each declares itself when it is called. */
export function buildProgram(context: Context, version: string): Command {
  const program = prepare(new Command('kiln'), context)
    .description('Runs your program anywhere: sweeps its parameters, survives failures and brings the results home.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', `\n${EXIT_HELP}\n\nStart with \`kiln demo\`. Each command explains itself: \`kiln submit --help\`.`);
  for (const [name, entry] of Object.entries(CATALOGUE)) {
    prepare(program.command(name), context).summary(entry.summary).description(sentence(entry.summary)).helpGroup(entry.group);
  }
  program.hook('preSubcommand', async (_program, called) => {
    const { default: declare } = (await CATALOGUE[called.name()]?.load()) ?? {};
    declare?.(called, context);
  });
  return program;
}

/** Whether a `CommanderError` only ends the command after its help or version was printed. */
export function exitCodeOfCommander(error: CommanderError): number {
  return error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? EXIT.ok : EXIT.usage;
}

function prepare(command: Command, context: Context): Command {
  return command
    .helpOption('-h, --help', 'print help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.screen.text(text),
      writeErr: (text) => context.screen.error(text.trimEnd()),
      outputError: (text, write) => write(`kiln: ${text.replace(/^error: /, '')}`),
    });
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}
