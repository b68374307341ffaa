import { Text, Title } from '@mantine/core';
import { useState } from 'react';
import { CodeBlock } from '../../parts/code.tsx';
import { Icon } from '../../parts/icon.tsx';
import classes from './submit.module.css';

interface SamePanelProps {
  readonly command: string;
  /** Mutation and variables. */
  readonly call: { readonly document: string; readonly variables: string };
}

/** The same submission for those who would rather type or script it. */
export function SamePanel({ command, call: { document, variables } }: SamePanelProps) {
  const [opened, setOpened] = useState(false);
  return (
    <section className={`panel ${classes['side']}`} aria-labelledby="same">
      <Title order={2} id="same" mb="xs">
        The same from the command line
      </Title>
      <CodeBlock text={command} label="command" />
      <details open={opened} onToggle={(event) => setOpened(event.currentTarget.open)} className={classes['details']}>
        <summary>
          <Icon name={opened ? 'down' : 'right'} size={12} /> The same with GraphQL
        </summary>
        {opened && (
          <>
            <Text size="xs" c="dimmed" my={4}>
              Mutation
            </Text>
            <CodeBlock text={document} label="mutation" />
            <Text size="xs" c="dimmed" my={4}>
              Variables
            </Text>
            <CodeBlock text={variables} label="variables" />
          </>
        )}
      </details>
    </section>
  );
}
