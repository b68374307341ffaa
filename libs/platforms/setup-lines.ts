import { type PlatformSettings, quoteAll } from '@kiln/domain';

/** Lines of shell that run before tasks: the platform's modules, and what its owner wrote. */
export function setupLines({ modules, setup }: Pick<PlatformSettings, 'modules' | 'setup'>): readonly string[] {
  return [
    // `module` is a function that login shells define; scripts may have to.
    ...(modules.length > 0 ? ['command -v module >/dev/null 2>&1 || . /etc/profile', `module load ${quoteAll(modules)} || exit 1`] : []),
    ...(setup.trim() ? [setup.trimEnd()] : []),
  ];
}
