import type { Command } from 'commander';
import { parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';
import { fileOf, inWords, isFolder, remotePlaceOf } from '../files/place.ts';
import { printFile } from '../files/print-file.ts';

interface Options {
  readonly tail?: number;
  readonly url?: string;
}

export default function cat(command: Command, context: Context): void {
  command
    .argument('<places...>', 'files, as STORAGE:path or JOB:path')
    .option('--tail <bytes>', 'only so many bytes at the end of each', parseNumber)
    .addOption(urlOption())
    .action((texts: string[], options: Options) => run(texts, options, context));
}

async function run(texts: readonly string[], options: Options, context: Context): Promise<void> {
  const places = texts.map(remotePlaceOf);
  const kiln = await context.kiln(options);
  for (const place of places) {
    const file = await fileOf(kiln, place);
    if (file) await printFile(kiln, file, context, options.tail);
    else if (await isFolder(kiln, place)) throw new CommandError(`${inWords(place)} is a folder: \`kiln ls\` lists it.`);
    else throw new CommandError(`There is no file ${inWords(place)}: \`kiln ls\` tells what there is.`);
  }
}
