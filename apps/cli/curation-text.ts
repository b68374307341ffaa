import type { Curation, Job, Kiln } from '@kiln/client/kiln';
import { many } from './screen/ago.ts';
import { styled } from './screen/piece.ts';
import type { Screen } from './screen/screen.ts';

/** Where the results of a job are published, and how much of them is. Nothing if they are not to be. */
export async function reportCuration(kiln: Kiln, job: Job, screen: Screen): Promise<void> {
  const curation = await kiln.curations.of(job.id);
  if (!curation) return;
  const { curator, url } = curation;
  screen.line(`Published in ${curator}`, ...(url ? [' as ', styled('strong', url)] : []), `: ${amountOf(curation)}.`);
}

function amountOf({ datasets, datasetsInAll, files, leftOut }: Curation): string {
  const left = leftOut > 0 ? `, ${many(leftOut, 'file')} left out` : '';
  return `${datasets.toLocaleString('en-US')} of ${many(datasetsInAll, 'dataset')} with ${many(files, 'file')}${left}`;
}
