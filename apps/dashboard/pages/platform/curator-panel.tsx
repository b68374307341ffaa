import type { Platform } from '@kiln/client/platform-documents';
import { Button } from '@mantine/core';
import { number } from '../../lib/time.ts';
import { Fact } from '../../parts/fact.tsx';
import { LogInAnew } from './log-in-anew.tsx';
import { Panel } from './panel.tsx';
import classes from './platform.module.css';

export function CuratorPanel({ platform, onEdit }: { readonly platform: Platform; onEdit(): void }) {
  const { curator, owned } = platform;
  if (!curator) return null;
  const actions = owned && (
    <>
      <LogInAnew platform={platform} />
      <Button size="compact-sm" variant="default" onClick={onEdit}>
        Change…
      </Button>
    </>
  );
  return (
    <Panel title="MyTardis" aside={actions}>
      <dl className={classes['list']}>
        <Fact name="Results are published at">
          <a href={curator.url} className="mono">
            {curator.url}
          </a>
        </Fact>
        <Fact name="By">{curator.user}</Fact>
        <Fact name="Largest file">{number(curator.largestFile)} MiB</Fact>
      </dl>
    </Panel>
  );
}
