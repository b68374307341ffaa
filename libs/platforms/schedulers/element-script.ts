import { type PlatformSettings, quote, quoteAll } from '@kiln/domain';
import { setupLines } from '../setup-lines.ts';

/** The script that a scheduler runs for each element: modules, setup lines, then `command`. */
export function elementScript(
  directives: readonly string[],
  settings: Pick<PlatformSettings, 'modules' | 'setup'>,
  directory: string,
  command: readonly string[],
): string {
  const lines = [
    '#!/bin/sh',
    ...directives,
    ...setupLines(settings),
    `cd ${quote(directory)} || exit 1`, // not every scheduler starts a job in the directory that it is given
    quoteAll(command),
  ];
  return `${lines.join('\n')}\n`;
}
