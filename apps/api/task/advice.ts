import { FAILURE_ADVICE, type Failure } from '@kiln/domain';

/** What a person can do about a failure; null if there is none, or it has a code of an earlier version. */
export function adviceOn(failure: Pick<Failure, 'code'> | null): string | null {
  return failure ? (FAILURE_ADVICE[failure.code] ?? null) : null;
}
