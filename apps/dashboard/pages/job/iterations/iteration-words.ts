import { hasEnded } from '@kiln/domain';
import type { Iteration, JobPageData } from '../../../lib/documents.ts';
import { many } from '../../../lib/time.ts';

export function endingText(ending: NonNullable<Iteration['ending']>): string {
  return ENDINGS[ending];
}

const ENDINGS = {
  CONVERGED: 'Converged',
  MAXIMUM: 'The most iterations were reached',
  STOPPED: 'Stopped, as somebody asked',
} as const;

type Progress = Pick<JobPageData, 'iteration' | 'iterations' | 'maximumIterations' | 'stopAfterIteration' | 'status' | 'ending'>;

/** How far its iterations are, in a sentence. */
export function progressText({ iteration, iterations, maximumIterations, stopAfterIteration, status, ending }: Progress): string {
  if (hasEnded(status)) {
    const last = iterations.find((one) => one.iteration === iteration)?.ending;
    return `${many(iteration + 1, 'iteration')}.${last ? ` ${endingText(last)}.` : ''}`;
  }
  if (ending) return `Iteration ${iteration} is ended.`;
  const after = stopAfterIteration ? ' It will be the last one.' : '';
  return `Iteration ${iteration} is under way, ${iteration + 1} of at most ${maximumIterations}.${after}`;
}

/** An iteration from which another job may go on; those before its own belong to the job that it is a branch of. */
export function mayBranch(
  { iteration, status, branchOf }: Pick<JobPageData, 'iteration' | 'status' | 'branchOf'>,
  number: number,
): boolean {
  return (number < iteration || status === 'succeeded') && number >= (branchOf?.iteration ?? 0);
}
