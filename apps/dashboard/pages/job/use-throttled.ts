import { useEffect, useRef, useState } from 'react';

/** `action` at once, then at most every `pace` ms, the last time after the last call. A failure waits for the next call. */
export function useThrottled(pace: number, action: () => Promise<unknown>): () => void {
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });
  const state = useRef<{ busy: boolean; again: boolean }>({ busy: false, again: false });
  const [call] = useState(
    () =>
      async function call(): Promise<void> {
        if (state.current.busy) {
          state.current.again = true;
          return;
        }
        state.current = { busy: true, again: false };
        await Promise.all([latest.current().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, pace))]);
        const { again } = state.current;
        state.current = { busy: false, again: false };
        if (again) await call();
      },
  );
  return call;
}
