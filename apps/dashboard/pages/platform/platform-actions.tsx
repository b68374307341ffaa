import { useMutation } from '@apollo/client/react';
import { checkMutation, type Platform } from '@kiln/client/platform-documents';
import { Button } from '@mantine/core';
import { Failure } from '../../parts/notice.tsx';
import { RemovePlatform } from './remove-platform.tsx';
import { RenamePlatform } from './rename-platform.tsx';
import { RotateKey } from './rotate-key.tsx';

export function PlatformActions({ platform }: { readonly platform: Platform }) {
  const [check, { loading, error }] = useMutation(checkMutation);
  const { name, owned, state } = platform;
  if (!owned) return null;
  return (
    <>
      <Button
        size="sm"
        variant="default"
        loading={loading || state === 'checking'}
        // What fails is in `error`, shown below.
        onClick={() => void check({ variables: { name } }).catch(() => undefined)}
      >
        Check again
      </Button>
      <RotateKey platform={platform} />
      <RenamePlatform platform={platform} />
      <RemovePlatform platform={platform} />
      {error && <Failure error={error} />}
    </>
  );
}
