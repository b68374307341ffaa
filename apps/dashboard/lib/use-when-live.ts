import { useEffect, useEffectEvent } from 'react';
import { useConnection } from './connection.ts';

/** Calls `action` a moment after each time the connection comes up, when what was read before it may have been overtaken. */
export function useWhenLive(action: () => void): void {
  const state = useConnection();
  const act = useEffectEvent(action);
  useEffect(() => {
    if (state !== 'live') return undefined;
    const timer = setTimeout(() => act(), 250);
    return () => clearTimeout(timer);
  }, [state]);
}
