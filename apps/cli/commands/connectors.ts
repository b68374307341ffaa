import type { Connector } from '@kiln/client/kiln';
import type { Command } from 'commander';
import { jsonOption, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { type Piece, status, styled } from '../screen/piece.ts';

interface Options {
  readonly json?: boolean;
  readonly url?: string;
}

export default function connectors(command: Command, context: Context): void {
  command
    .addOption(jsonOption())
    .addOption(urlOption())
    .action((options: Options) => run(options, context));
}

async function run(options: Options, context: Context): Promise<void> {
  const { screen } = context;
  const found = await (await context.kiln(options)).connectors();
  if (options.json) return screen.json(found);
  if (found.length === 0) return screen.line('There are no connectors yet: make one with `kiln connector new NAME`.');
  screen.table([{ title: 'NAME' }, { title: 'STATE' }, { title: 'RUNS ON' }, { title: 'DESCRIPTION', shrinkTo: 12 }], found.map(row));
  for (const { name, problem } of found) {
    if (problem !== null) screen.line(styled('strong', name), ': ', styled('bad', problem));
  }
}

function row(connector: Connector): Piece[] {
  return [styled('strong', connector.name), status(stateOf(connector)), connector.runsOn.join(', '), connector.description];
}

function stateOf({ active, problem }: Connector): string {
  if (problem !== null) return 'broken';
  return active ? 'sound' : 'inactive';
}
