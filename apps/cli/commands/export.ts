import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { crateOf } from '@kiln/client/crate';
import type { Kiln } from '@kiln/client/kiln';
import type { Command } from 'commander';
import { parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';
import { saveCrate } from '../export/save-crate.ts';
import { unpackCrate } from '../export/unpack-crate.ts';
import { inBytes } from '../screen/ago.ts';

interface Options {
  readonly output?: string;
  readonly outputs: boolean;
  readonly license?: string;
  readonly url?: string;
}

export default function exportJob(command: Command, context: Context): void {
  command
    .argument('<id>', "the job's number", parseNumber)
    .option(
      '-o, --output <file|directory>',
      'a name that ends in .zip, or a new directory; without it the directory of the job, as .crate.zip',
    )
    .option('--no-outputs', 'leave out what the tasks left; the crate still says what there is')
    .option('--license <id|address>', 'under which terms it may be used, such as CC-BY-4.0')
    .addOption(urlOption())
    .addHelpText('after', '\nIt is a Provenance Run Crate (RO-Crate) with a run.sh that runs the tasks again without Kiln.')
    .action((id: number, options: Options) => run(id, options, context));
}

async function run(id: number, options: Options, context: Context): Promise<void> {
  const kiln = await context.kiln(options);
  const target = options.output?.replace(/(?<=.)\/+$/, '') ?? `${(await kiln.job(id)).directory}.crate.zip`;
  if (existsSync(target)) throw new CommandError(`${target} is there already: choose another name with -o, or remove it.`);
  const part = `${target}.${randomUUID().slice(0, 8)}.part`; // of this export alone
  const unpacked = `${part}.unpacked`;
  try {
    const size = await bring(kiln, id, part, options, context);
    if (!target.endsWith('.zip')) await unpackCrate(part, unpacked);
    await rename(target.endsWith('.zip') ? part : unpacked, target);
    context.screen.live([]);
    context.screen.line(`Job ${id} is in ${target} (${inBytes(size)}).`);
  } finally {
    await rm(part, { force: true });
    await rm(unpacked, { recursive: true, force: true });
  }
}

function bring(kiln: Kiln, id: number, part: string, { outputs, license }: Options, { screen }: Context): Promise<number> {
  const crate = crateOf(id, { outputs, ...(license === undefined ? {} : { license }) });
  return saveCrate(kiln.read(crate), part, (bytes) => screen.live([`${inBytes(bytes)} so far`]));
}
