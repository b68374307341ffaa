import type { Platform } from '@kiln/client/platform-documents';
import { bucketText } from '../../lib/platform-words.ts';
import { Fact } from '../../parts/fact.tsx';
import { PlacePanel } from './place-panel.tsx';

export function BucketPanel({ platform, onEdit }: { readonly platform: Platform; onEdit(): void }) {
  const { bucket } = platform;
  if (!bucket) return null;
  return (
    <PlacePanel title="Bucket" platform={platform} onEdit={onEdit}>
      <Fact name="Results are in">
        <span className="mono">{bucketText(bucket)}</span>
      </Fact>
      {bucket.region !== '' && <Fact name="Region">{bucket.region}</Fact>}
    </PlacePanel>
  );
}
