import type { Platform } from '@kiln/client/platform-documents';
import { Button } from '@mantine/core';
import { Fact } from '../../parts/fact.tsx';
import { LogInAnew } from './log-in-anew.tsx';
import { Panel } from './panel.tsx';
import classes from './platform.module.css';

export function WebPanel({ platform, onEdit }: { readonly platform: Platform; onEdit(): void }) {
  const { url, owned } = platform;
  if (url === null) return null;
  const actions = owned && (
    <>
      <LogInAnew platform={platform} />
      <Button size="compact-sm" variant="default" onClick={onEdit}>
        Change…
      </Button>
    </>
  );
  return (
    <Panel title="Web server" aside={actions}>
      <dl className={classes['list']}>
        <Fact name="Files are below">
          <a href={url} className="mono">
            {url}
          </a>
        </Fact>
      </dl>
    </Panel>
  );
}
