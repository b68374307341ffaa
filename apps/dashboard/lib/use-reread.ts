import { useCallback, useEffect, useEffectEvent, useState } from 'react';

/** Milliseconds until it is read again. */
const PAUSE = 4000;

/**
 * What `read` gives, for as long as `key` stays what it is; read again and again while `live`, once more when that ends, and when `retry`
 * is called. What was read stays through trouble.
 */
export function useReread<T>(key: string, live: boolean, read: () => Promise<T>) {
  const [found, setFound] = useState<{ readonly key: string; readonly value: T } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  const readNow = useEffectEvent(read);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is why it is read again
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function keepReading(): Promise<void> {
      try {
        const value = await readNow();
        if (!wanted) return;
        setFound({ key, value });
        setError(null);
      } catch (trouble) {
        if (!wanted) return;
        setError(trouble);
      }
      if (live) timer = setTimeout(() => void keepReading(), PAUSE);
    }
    void keepReading();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [key, live, tries]);
  const retry = useCallback(() => setTries((count) => count + 1), []);
  return { found: found?.key === key ? found.value : null, error, retry };
}
