import { useMutation } from '@apollo/client/react';
import type { VariablesOf } from '@kiln/client/graphql';
import { type CloudLook, lookAtCloudMutation } from '@kiln/client/platform-documents';
import { useCallback, useRef, useState } from 'react';
import { troubleOf } from '../../../lib/trouble.ts';

type Input = VariablesOf<typeof lookAtCloudMutation>['input'];

interface Problem {
  readonly path: readonly string[];
  readonly code: string;
  readonly message: string;
}

/** What is known of what a cloud has: nothing at first, and again once another cloud is meant. */
export type Looked =
  | { readonly state: 'never' }
  | { readonly state: 'looking' }
  | { readonly state: 'known'; readonly look: CloudLook }
  /** What was given is wrong. */
  | { readonly state: 'refused'; readonly message: string }
  /** Nobody could look; what there is is typed. */
  | { readonly state: 'away'; readonly message: string };

/** It cannot be reached, or nobody can be asked. */
const AWAY = 'PLATFORM_UNAVAILABLE';

const NEVER: Looked = { state: 'never' };

export function useCloudLook() {
  const [looked, setLooked] = useState<Looked>(NEVER);
  const [regions, setRegions] = useState<readonly string[]>([]);
  const [run] = useMutation(lookAtCloudMutation, { fetchPolicy: 'no-cache' });
  /** An answer to an earlier question counts no more. */
  const asked = useRef(0);

  /** Resolves with what is wrong with what was given, unless something else was asked meanwhile. */
  const ask = useCallback(
    async (input: Input): Promise<{ readonly look: CloudLook | null; readonly problems: readonly Problem[] }> => {
      asked.current += 1;
      const mine = asked.current;
      setLooked({ state: 'looking' });
      const result = await run({ variables: { input } }).then(
        ({ data }) => data?.lookAtCloud ?? { look: null, problems: [] },
        (error: unknown) => ({ look: null, problems: [{ path: [], code: AWAY, message: troubleOf(error).message }] }),
      );
      if (mine !== asked.current) return { look: null, problems: [] };
      setLooked(lookedFrom(result));
      if (result.look) setRegions(result.look.regions);
      return result;
    },
    [run],
  );
  const forget = useCallback((whole: boolean) => {
    asked.current += 1;
    setLooked(NEVER);
    if (whole) setRegions([]);
  }, []);
  return { looked, regions, ask, forget };
}

function lookedFrom({ look, problems }: { readonly look: CloudLook | null; readonly problems: readonly Problem[] }): Looked {
  if (look) return { state: 'known', look };
  const message = problems.map((one) => one.message).join(' ');
  return { state: problems.every(({ code }) => code === AWAY) ? 'away' : 'refused', message };
}
