import { useApolloClient } from '@apollo/client/react';
import { previewMutation } from '@kiln/client/documents';
import { useEffect, useState } from 'react';
import type { JobPreview } from '../../lib/documents.ts';

const REST = 350;

export interface Previewed {
  readonly preview: JobPreview | null;
  readonly error: unknown;
  /** What is shown is of an earlier state of the form. */
  readonly stale: boolean;
}

/** What submitting these parameters would do, asked when typing rests. */
export function usePreview(connector: string, parameters: Readonly<Record<string, unknown>>): Previewed {
  const client = useApolloClient();
  const asked = JSON.stringify(parameters);
  const [state, setState] = useState<{ of: string; preview: JobPreview | null; error: unknown }>({ of: '', preview: null, error: null });
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(async () => {
      try {
        const { data } = await client.mutate({
          mutation: previewMutation,
          variables: { input: { connector, parameters: JSON.parse(asked) } },
        });
        if (wanted) setState({ of: asked, preview: data?.previewJob ?? null, error: null });
      } catch (error) {
        if (wanted) setState({ of: asked, preview: null, error });
      }
    }, REST);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, connector, asked]);
  return { preview: state.preview, error: state.error, stale: state.of !== asked };
}
