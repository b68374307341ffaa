import { join } from 'node:path';
import { readAddress } from '@kiln/client/address';
import { type Job, Kiln, type OutputEntry } from '@kiln/client/kiln';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { CommandError, EXIT } from '../exit.ts';
import { endAs, reportEnd, watchJob } from '../progress.ts';
import { styled } from '../screen/piece.ts';
import type { Screen } from '../screen/screen.ts';
import { showLink } from '../start/greeting.ts';
import { addServerOptions, interruption, type ServerFlags, startOptions } from '../start/options.ts';
import { startKiln } from '../start/up.ts';

const EXAMPLE = 'randnum-internal-sweep';

interface Flags extends ServerFlags {
  readonly exit?: boolean;
}

export default function demo(command: Command, context: Context): void {
  addServerOptions(command)
    .option('--exit', 'end when the example has ended, instead of running on')
    .addHelpText(
      'after',
      '\nThe example sweeps var over 1 and 2: two machines of the cloud on this machine run one task each, which draws a pair of random numbers.',
    )
    .action((flags: Flags) => run(flags, context));
}

async function run(flags: Flags, context: Context): Promise<void> {
  const { screen, signal } = context;
  const options = startOptions(flags, context);
  screen.line('Starting Kiln…');
  const running = await startKiln(options);
  try {
    screen.line('Kiln is running at ', styled('strong', running.url), running.ours ? '' : ' already');
    const job = await runExample(options.home, context);
    await showPairs(kilnOf(options.home, signal), job, screen);
    screen.line('All outputs are in ', styled('strong', whereOutputsAre(options.home, job)));
    endAs(job);
    if (flags.exit && running.ours) return;
    await showLink(await running.signInLink(), screen);
    if (!running.ours) return;
    screen.line('Kiln runs on until Ctrl-C.');
    await interruption(signal);
    screen.line('Stopping…');
  } finally {
    screen.live([]);
    await running.close();
  }
}

async function runExample(home: string, { screen, signal }: Context): Promise<Job> {
  const kiln = kilnOf(home, signal);
  screen.line('Submitting ', styled('strong', EXAMPLE), ': a sweep of var over 1 and 2, on two machines.');
  const job = await watchJob(kiln, await kiln.submit(EXAMPLE), screen);
  reportEnd(job, screen);
  return job;
}

/** What each task wrote, as Kiln serves it. */
async function showPairs(kiln: Kiln, job: Job, screen: Screen): Promise<void> {
  if (job.status !== 'succeeded') return;
  const tasks = (await kiln.outputs(job.id, 'output')).filter((entry) => entry.kind === 'DIRECTORY');
  for (const task of tasks.sort((a, b) => Number(a.name) - Number(b.name))) {
    const files = (await kiln.outputs(job.id, task.path)).filter((entry) => entry.kind === 'FILE');
    const texts = await Promise.all(files.map((file) => textOf(kiln, file)));
    screen.line(`Task ${task.name} drew `, styled('good', texts.join(' ').trim().split(/\s+/).join(' and ')));
  }
}

async function textOf(kiln: Kiln, file: OutputEntry): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of kiln.read(file)) text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}

function kilnOf(home: string, signal: AbortSignal): Kiln {
  const address = readAddress(home);
  if (!address) throw new CommandError(`${join(home, 'cli.json')} is gone: start Kiln again.`, EXIT.unreachable);
  return new Kiln({ ...address, signal });
}

function whereOutputsAre(home: string, job: Job): string {
  return job.output.storage === 'local' ? join(home, 'outputs', job.output.path) : `${job.output.storage}:${job.output.path}`;
}
