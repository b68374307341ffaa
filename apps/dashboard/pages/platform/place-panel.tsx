import type { Platform } from '@kiln/client/platform-documents';
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { LogInAnew } from './log-in-anew.tsx';
import { Panel } from './panel.tsx';
import classes from './platform.module.css';

interface PlacePanelProps {
  readonly title: string;
  readonly platform: Platform;
  onEdit(): void;
  /** Facts. */
  readonly children: ReactNode;
}

/** Of a platform that runs nothing: where it is, and its owner's ways to change that. */
export function PlacePanel({ title, platform, onEdit, children }: PlacePanelProps) {
  const actions = platform.owned && (
    <>
      <LogInAnew platform={platform} />
      <Button size="compact-sm" variant="default" onClick={onEdit}>
        Change…
      </Button>
    </>
  );
  return (
    <Panel title={title} aside={actions}>
      <dl className={classes['list']}>{children}</dl>
    </Panel>
  );
}
