import { Text, Title } from '@mantine/core';
import { useState } from 'react';
import { commandLine, graphqlCall } from '../../lib/command-line.ts';
import { CodeBlock } from '../../parts/code.tsx';
import { Icon } from '../../parts/icon.tsx';
import classes from './submit.module.css';

interface SamePanelProps {
  readonly connector: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** The same submission for those who would rather type or script it. */
export function SamePanel({ connector, parameters, defaults }: SamePanelProps) {
  const [opened, setOpened] = useState(false);
  const { document, variables } = graphqlCall(connector, parameters);
  return (
    <section className={`panel ${classes['side']}`} aria-labelledby="same">
      <Title order={2} id="same" mb="xs">
        The same from the command line
      </Title>
      <CodeBlock text={commandLine(connector, parameters, defaults)} label="command" />
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
