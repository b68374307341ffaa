import type { Platform } from '@kiln/client/platform-documents';
import { number } from '../../lib/time.ts';
import { Fact } from '../../parts/fact.tsx';
import { PlacePanel } from './place-panel.tsx';

export function CuratorPanel({ platform, onEdit }: { readonly platform: Platform; onEdit(): void }) {
  const { curator } = platform;
  if (!curator) return null;
  return (
    <PlacePanel title="MyTardis" platform={platform} onEdit={onEdit}>
      <Fact name="Results are published at">
        <a href={curator.url} className="mono">
          {curator.url}
        </a>
      </Fact>
      <Fact name="By">{curator.user}</Fact>
      <Fact name="Largest file">{number(curator.largestFile)} MiB</Fact>
    </PlacePanel>
  );
}
