import type { Command } from 'commander';
import { jsonOption, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';
import { bring } from '../files/bring.ts';
import { inWords, placeOf } from '../files/place.ts';
import { send } from '../files/send.ts';
import { Tally } from '../files/tally.ts';

interface Options {
  readonly recursive?: boolean;
  readonly json?: boolean;
  readonly url?: string;
}

export default function cp(command: Command, context: Context): void {
  command
    .argument('<source>', 'STORAGE:path, JOB:path, or a path of this machine')
    .argument('<target>', 'STORAGE:path, or a path of this machine; a folder that is there gets the source into it')
    .option('-r, --recursive', 'copy a folder with all that is in it')
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText(
      'after',
      '\nA copy that was interrupted goes on where it stopped; what is there already, by size and time, is not copied again.',
    )
    .action((source: string, target: string, options: Options) => run(source, target, options, context));
}

async function run(from: string, to: string, options: Options, context: Context): Promise<void> {
  const [source, target] = [placeOf(from), placeOf(to)];
  const recursive = options.recursive ?? false;
  const tally = new Tally(context.screen, options.json ?? false);
  if (target.in === 'job') throw new CommandError(`${inWords(target)} lies among the results of a job, which only Kiln writes.`);
  if (source.in === 'here' && target.in === 'here') {
    throw new CommandError('Both are on this machine: name a storage or a job, as in local:results or 12:output.');
  }
  if (source.in !== 'here' && target.in !== 'here') {
    throw new CommandError('Kiln copies to or from this machine: copy it here first, and from here to the other storage.');
  }
  const kiln = await context.kiln(options);
  if (source.in === 'here' && target.in === 'storage') await send(kiln, source.path, target, to.endsWith('/'), recursive, tally);
  if (source.in !== 'here' && target.in === 'here') await bring(kiln, source, target.path, recursive, tally);
  tally.end();
}
