import { fileAt } from '@kiln/client/download';
import type { Kiln } from '@kiln/client/kiln';
import type { Command } from 'commander';
import { jsonOption, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { printFile } from '../files/print-file.ts';
import { showEntries } from '../files/show-entries.ts';
import { inBytes, many } from '../screen/ago.ts';
import { styled } from '../screen/piece.ts';

interface Options {
  readonly download?: string;
  readonly json?: boolean;
  readonly url?: string;
}

export default function outputs(command: Command, context: Context): void {
  command
    .argument('<id>', "the job's number", parseNumber)
    .argument('[path]', "below the job's directory; a file is printed", '')
    .option('--download <directory>', 'bring it all here; an interrupted download goes on where it stopped')
    .addOption(jsonOption())
    .addOption(urlOption())
    .action((id: number, path: string, options: Options) => run(id, path, options, context));
}

async function run(id: number, path: string, options: Options, context: Context): Promise<void> {
  const kiln = await context.kiln(options);
  if (options.download !== undefined) return download(kiln, id, path, options.download, options, context);
  const file = await fileAt((directory) => kiln.outputs(id, directory), path);
  if (file && !options.json) return printFile(kiln, file, context);
  const entries = file ? [file] : await kiln.outputs(id, path);
  if (options.json) return context.screen.json(entries);
  if (entries.length === 0) return context.screen.line('Nothing is there yet.');
  showEntries(entries, 'PATH', context);
}

async function download(kiln: Kiln, id: number, path: string, directory: string, options: Options, { screen }: Context): Promise<void> {
  let files = 0;
  let bytes = 0;
  let there = 0;
  for await (const done of kiln.download(id, directory, { path })) {
    files += 1;
    bytes += done.size;
    if (!done.fetched) there += 1;
    if (options.json) screen.json(done, 0);
    else screen.live([`${many(files, 'file')}, ${inBytes(bytes)}  `, styled('quiet', done.path)]);
  }
  if (options.json) return;
  screen.live([]);
  screen.line(
    `${many(files, 'file')} (${inBytes(bytes)}) ${files === 1 ? 'is' : 'are'} in ${directory}${there > 0 ? `, ${there} of them from before` : ''}.`,
  );
}
