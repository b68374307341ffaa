import { useEffect, useEffectEvent, useState } from 'react';

const REST = 350;

export interface Previewed<P> {
  readonly preview: P | null;
  readonly error: unknown;
  /** What is shown is of an earlier state of the form. */
  readonly stale: boolean;
}

/** What submitting `input` would do, asked with `ask` when typing rests. */
export function usePreview<I, P>(input: I, ask: (input: I) => Promise<P | null>): Previewed<P> {
  const asked = JSON.stringify(input);
  const [state, setState] = useState<{ of: string; preview: P | null; error: unknown }>({ of: '', preview: null, error: null });
  const latest = useEffectEvent(() => ask(input));
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(async () => {
      try {
        const preview = await latest();
        if (wanted) setState({ of: asked, preview, error: null });
      } catch (error) {
        if (wanted) setState({ of: asked, preview: null, error });
      }
    }, REST);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [asked]);
  return { preview: state.preview, error: state.error, stale: state.of !== asked };
}
