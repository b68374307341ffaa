import type { Iteration } from '@kiln/client/kiln';
import type { Command } from 'commander';
import { jsonOption, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import type { Piece } from '../screen/piece.ts';
import { styled } from '../screen/piece.ts';

interface Options {
  readonly json?: boolean;
  readonly url?: string;
}

export default function iterations(command: Command, context: Context): void {
  command
    .argument('<id>', "the job's number", parseNumber)
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText('after', '\nIterations count from 0. A score is what the connector says of a task; less is better.')
    .action((id: number, options: Options) => run(id, options, context));
}

async function run(id: number, options: Options, context: Context): Promise<void> {
  const { screen } = context;
  const kiln = await context.kiln(options);
  const found = await kiln.iterations.list(id);
  if (options.json) return screen.json(found);
  if (found.length === 0) {
    const { maximumIterations } = await kiln.job(id);
    return screen.line(maximumIterations === null ? `Job ${id} has one iteration only.` : 'No iteration has come to its end yet.');
  }
  const columns = [
    { title: 'ITERATION', align: 'right' },
    { title: 'CRITERION', align: 'right' },
    { title: 'BEST SCORE', align: 'right' },
    { title: 'KEPT TASKS', shrinkTo: 10 },
    { title: 'NOTE', shrinkTo: 8 },
  ] as const;
  screen.table(columns, found.map(row));
}

const SHOWN = 8;

function row({ iteration, criterion, scores, kept, ending, note }: Iteration): Piece[] {
  const [best] = scores;
  const more = kept.length > SHOWN ? ` and ${kept.length - SHOWN} more` : '';
  return [
    styled('strong', String(iteration)),
    criterion === null ? '' : number(criterion),
    best ? `${number(best.score)} (task ${best.task})` : '',
    `${kept.slice(0, SHOWN).join(' ')}${more}`,
    [ending === null ? '' : `${ENDINGS[ending]}.`, note ?? ''].filter(Boolean).join(' '),
  ];
}

const ENDINGS: Readonly<Record<NonNullable<Iteration['ending']>, string>> = {
  CONVERGED: 'Converged',
  MAXIMUM: 'The last one allowed',
  STOPPED: 'Stopped as asked',
};

/** With at most six digits that say something. */
function number(value: number): string {
  return String(Number(value.toPrecision(6)));
}
