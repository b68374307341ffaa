import type { Command } from 'commander';
import { jsonOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { Ended, EXIT } from '../exit.ts';
import type { Check } from '../housekeeping/check.ts';
import { examine } from '../housekeeping/examination.ts';
import { many } from '../screen/ago.ts';
import { type Meaning, styled } from '../screen/piece.ts';
import type { Screen } from '../screen/screen.ts';
import { homeFrom, homeOption } from '../start/options.ts';

interface Flags {
  readonly home?: string;
  readonly fix?: boolean;
  readonly json?: boolean;
}

export default function doctor(command: Command, context: Context): void {
  command
    .option('--fix', 'remove what ended jobs left on platforms; never results, and nothing of live jobs')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nIt is run on the machine of the workers, with the same --home and DATABASE_URL, whether Kiln runs or not. It ends with 0 if nothing failed; warnings do not count.',
    )
    .action((flags: Flags) => run(flags, context));
}

async function run(flags: Flags, context: Context): Promise<void> {
  const { screen, environment } = context;
  const checks = await examine({
    home: homeFrom(flags, context),
    environment,
    fix: flags.fix === true,
    say: (line) => screen.live([line]),
  });
  screen.live([]);
  if (flags.json) screen.json(checks);
  else tell(checks, screen);
  if (checks.some(({ status }) => status === 'failed')) throw new Ended(EXIT.failed);
}

const MEANINGS: Readonly<Record<Check['status'], Meaning>> = { ok: 'good', warning: 'warning', failed: 'bad' };

function tell(checks: readonly Check[], screen: Screen): void {
  for (const { name, status, message, advice } of checks) {
    screen.line(
      styled(MEANINGS[status], status.padEnd('warning'.length)),
      `  ${name}: ${oneLine(message)}`,
      advice ? ` ${oneLine(advice)}` : '',
    );
  }
  const count = (wanted: Check['status']) => checks.filter(({ status }) => status === wanted).length;
  const [failures, warnings] = [count('failed'), count('warning')];
  if (failures + warnings === 0) screen.line('All is well.');
  else screen.line(`${failures} failed, ${many(warnings, 'warning')}.`);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
