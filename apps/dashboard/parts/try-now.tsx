import { useMutation } from '@apollo/client/react';
import { tryMutation } from '@kiln/client/platform-documents';
import { Button, Text } from '@mantine/core';
import { many } from '../lib/time.ts';
import { troubleOf } from '../lib/trouble.ts';

/** Everything that is blocked by a platform tries again at once. */
export function TryNow({ platform }: { readonly platform: string }) {
  const [tryNow, { loading, error, data }] = useMutation(tryMutation);
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        loading={loading}
        title={`Everything that is blocked by ${platform} tries again at once.`}
        aria-label={`Try now: everything that is blocked by ${platform}`}
        // What fails is in `error`, shown beside it.
        onClick={() => void tryNow({ variables: { name: platform } }).catch(() => undefined)}
      >
        Try now
      </Button>
      {(error || data) && (
        <Text component="span" size="xs" c={error ? 'var(--mantine-color-error)' : 'dimmed'} role="status">
          {error ? troubleOf(error).message : data && told(data.tryPlatform)}
        </Text>
      )}
    </>
  );
}

function told(jobs: number): string {
  return `${many(jobs, 'job')} ${jobs === 1 ? 'tries' : 'try'} again`;
}
