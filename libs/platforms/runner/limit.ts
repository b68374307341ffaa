import type { Batch } from '@kiln/domain';

/** A batch's time limit as the runner reads it: whole seconds, 0 for none. */
export function limitOf({ timeLimit }: Pick<Batch, 'timeLimit'>): string {
  return String(Math.ceil(timeLimit ?? 0));
}
