import { dirname } from 'node:path/posix';
import type { PlatformFacts, PlatformSettings } from '@kiln/domain';

/** Where results are kept on a machine: `root`, in the directory `anchor`, which a check has made. */
export function resultsRoot({ root }: PlatformSettings, facts: Pick<PlatformFacts, 'root'>): { anchor: string; root: string } {
  const anchor = dirname(facts.root);
  // Whoever gave the directory in which jobs work for the root path named nothing beside it.
  return /(^|\/)\.kiln\/*$/.test(root) ? { anchor: facts.root, root: `${facts.root}/results` } : { anchor, root: anchor };
}
