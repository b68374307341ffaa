import type { Platform } from '@kiln/client/platform-documents';
import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Banner } from '../../parts/notice.tsx';

/** Said before a job is submitted to where it would wait. */
export function PlatformTrouble({ platform }: { readonly platform: Platform | undefined }) {
  if (platform?.state !== 'trouble') return null;
  const { name } = platform;
  return (
    <Banner tone="blocked" title={`${name} is in trouble: the job would wait until that is over`}>
      <Anchor component={Link} to={`/platforms/${name}`} size="sm" underline="always">
        See what its last check found
      </Anchor>
    </Banner>
  );
}
