import { Group, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './platform.module.css';

interface PanelProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Panel({ title, aside, children }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${classes['panel']}`} aria-labelledby={id}>
      <div className={classes['panelHead']}>
        <Title order={2} id={id}>
          {title}
        </Title>
        {aside && <Group gap="xs">{aside}</Group>}
      </div>
      {children}
    </section>
  );
}
