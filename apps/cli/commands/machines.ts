import type { RentedMachine, Spending } from '@kiln/client/kiln';
import { type Command, Option } from 'commander';
import { jsonOption, parseLimit, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { lasting } from '../screen/ago.ts';
import { type Piece, status, styled } from '../screen/piece.ts';

interface Options {
  readonly costLimit?: number | 'none';
  readonly json?: boolean;
  readonly url?: string;
}

export default function machines(command: Command, context: Context): void {
  command
    .description('List the machines that Kiln rents in clouds for your jobs, and what yours have cost within 30 days.')
    .addOption(
      new Option('--cost-limit <amount>', 'end your jobs on clouds when as much is spent within 30 days; none is no limit').argParser(
        parseLimit,
      ),
    )
    .addOption(jsonOption())
    .addOption(urlOption())
    .action((options: Options) => run(options, context));
}

async function run({ costLimit, ...options }: Options, context: Context): Promise<void> {
  const { screen } = context;
  const { platforms } = await context.kiln(options);
  const spending =
    costLimit === undefined ? await platforms.spending() : await platforms.setCostLimit(costLimit === 'none' ? null : costLimit);
  const rented = await platforms.rentedMachines();
  if (options.json) return screen.json({ rented, spending });
  if (rented.length > 0) {
    const right = { align: 'right' as const };
    const titles = [{ title: 'MACHINE' }, { title: 'STATE' }, { title: 'JOB' }, { title: 'PLATFORM' }];
    screen.table([...titles, { title: 'FOR', ...right }, { title: 'COST', ...right }, { title: 'ADDRESS' }], rented.map(row));
  }
  screen.line(`${rented.length === 0 ? 'No machine is rented. ' : ''}${inWords(spending)}`);
}

function row({ name, state, job, platform, since, cost, address, fault }: RentedMachine): Piece[] {
  const time = lasting(Date.now() - Date.parse(since));
  return [styled('strong', name), status(state), job, platform, time, cost === null ? '-' : money(cost), fault ?? address ?? ''];
}

function inWords({ days, spent, perHour, limit }: Spending): string {
  const bound = limit === null ? 'there is no limit' : `the limit is ${money(limit)}`;
  return `Spent within ${days} days: ${money(spent)}, now ${money(perHour)} an hour; ${bound}.`;
}

function money(amount: number): string {
  return amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 4 });
}
