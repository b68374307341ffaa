import type { OutputEntry } from '@kiln/client/kiln';
import type { Command } from 'commander';
import { jsonOption, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { entriesIn, fileOf, remotePlaceOf } from '../files/place.ts';
import { showEntries } from '../files/show-entries.ts';

interface Options {
  readonly json?: boolean;
  readonly url?: string;
}

export default function ls(command: Command, context: Context): void {
  command
    .argument('<place>', 'STORAGE:path or JOB:path; a path is relative to the root of the storage or the directory of the job')
    .addOption(jsonOption())
    .addOption(urlOption())
    .action((text: string, options: Options) => run(text, options, context));
}

async function run(text: string, options: Options, context: Context): Promise<void> {
  const place = remotePlaceOf(text);
  const kiln = await context.kiln(options);
  const file = await fileOf(kiln, place);
  const entries: OutputEntry[] = file ? [file] : [];
  if (!file) for await (const entry of entriesIn(kiln, place)) entries.push(entry);
  if (options.json) return context.screen.json(entries);
  if (entries.length === 0) return context.screen.line('Nothing is there.');
  showEntries(entries, 'NAME', context);
}
