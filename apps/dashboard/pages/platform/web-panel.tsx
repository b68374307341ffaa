import type { Platform } from '@kiln/client/platform-documents';
import { Fact } from '../../parts/fact.tsx';
import { PlacePanel } from './place-panel.tsx';

export function WebPanel({ platform, onEdit }: { readonly platform: Platform; onEdit(): void }) {
  const { url } = platform;
  if (url === null) return null;
  return (
    <PlacePanel title="Web server" platform={platform} onEdit={onEdit}>
      <Fact name="Files are below">
        <a href={url} className="mono">
          {url}
        </a>
      </Fact>
    </PlacePanel>
  );
}
