import { useMemo, useState } from 'react';

/** As many as are compared at once. */
export const MOST_COMPARED = 8;

export interface Selection {
  /** In the order in which they were chosen. */
  readonly chosen: readonly string[];
  toggle(key: string): void;
  clear(): void;
}

/** What of a list is chosen to be compared: numbers of jobs, or of tasks as in `12.3`. The same value until it changes. */
export function useSelection(): Selection {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  return useMemo(
    () => ({
      chosen,
      toggle: (key) => setChosen((known) => (known.includes(key) ? known.filter((one) => one !== key) : [...known, key])),
      clear: () => setChosen([]),
    }),
    [chosen],
  );
}
