import type { Platform } from '@kiln/client/platform-documents';
import { Button } from '@mantine/core';
import { bucketText } from '../../lib/platform-words.ts';
import { Fact } from '../../parts/fact.tsx';
import { LogInAnew } from './log-in-anew.tsx';
import { Panel } from './panel.tsx';
import classes from './platform.module.css';

export function BucketPanel({ platform, onEdit }: { readonly platform: Platform; onEdit(): void }) {
  const { bucket, owned } = platform;
  if (!bucket) return null;
  const actions = owned && (
    <>
      <LogInAnew platform={platform} />
      <Button size="compact-sm" variant="default" onClick={onEdit}>
        Change…
      </Button>
    </>
  );
  return (
    <Panel title="Bucket" aside={actions}>
      <dl className={classes['list']}>
        <Fact name="Results are in">
          <span className="mono">{bucketText(bucket)}</span>
        </Fact>
        {bucket.region !== '' && <Fact name="Region">{bucket.region}</Fact>}
      </dl>
    </Panel>
  );
}
