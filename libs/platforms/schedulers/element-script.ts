import { type PlatformSettings, quote, quoteAll } from '@kiln/domain';

/** The script that a scheduler runs for each element: modules, setup lines, then `command`. */
export function elementScript(
  directives: readonly string[],
  { modules, setup }: Pick<PlatformSettings, 'modules' | 'setup'>,
  directory: string,
  command: readonly string[],
): string {
  const lines = [
    '#!/bin/sh',
    ...directives,
    // `module` is a function that login shells define; scripts may have to.
    ...(modules.length > 0 ? ['command -v module >/dev/null 2>&1 || . /etc/profile', `module load ${quoteAll(modules)} || exit 1`] : []),
    ...(setup.trim() ? [setup.trimEnd()] : []),
    `cd ${quote(directory)} || exit 1`, // not every scheduler starts a job in the directory that it is given
    quoteAll(command),
  ];
  return `${lines.join('\n')}\n`;
}
