import { useEffect, useRef } from 'react';

/** Reads again when `key` has changed, not at first. */
export function useRefetchOn(key: string, refetch: () => Promise<unknown>): void {
  const seen = useRef(key);
  useEffect(() => {
    if (seen.current === key) return;
    seen.current = key;
    // What fails is in the query's error.
    refetch().catch(() => undefined);
  }, [key, refetch]);
}
