import { type PlatformSettings, quoteAll } from '@kiln/domain';

/** The script that a scheduler runs for each element: modules, setup lines, then `command`. */
export function elementScript(
  directives: readonly string[],
  { modules, setup }: Pick<PlatformSettings, 'modules' | 'setup'>,
  command: readonly string[],
): string {
  const lines = [
    '#!/bin/sh',
    ...directives,
    // `module` is a function that login shells define; scripts may have to.
    ...(modules.length > 0 ? ['command -v module >/dev/null 2>&1 || . /etc/profile', `module load ${quoteAll(modules)} || exit 1`] : []),
    ...(setup.trim() ? [setup.trimEnd()] : []),
    quoteAll(command),
  ];
  return `${lines.join('\n')}\n`;
}
