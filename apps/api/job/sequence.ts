import { KnownError } from '@kiln/domain';

/** A sequence number as a subscriber gives it. @throws KnownError BAD_INPUT */
export function sequence(after: number): number {
  if (Number.isSafeInteger(after) && after >= 0) return after;
  throw new KnownError('BAD_INPUT', 'A sequence number is a whole number from 0 on.');
}
