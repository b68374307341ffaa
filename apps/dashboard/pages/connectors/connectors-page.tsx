import { useQuery } from '@apollo/client/react';
import { connectorsQuery } from '@kiln/client/documents';
import { Anchor, Code, SimpleGrid, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Connector } from '../../lib/documents.ts';
import { useWhenLive } from '../../lib/use-when-live.ts';
import { Empty, Failure, Loading } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { SearchInput } from '../../parts/search-input.tsx';
import { ConnectorCard } from './connector-card.tsx';

export function ConnectorsPage() {
  const { data, error, refetch } = useQuery(connectorsQuery, { fetchPolicy: 'cache-and-network' });
  const [text, setText] = useState('');
  useWhenLive(() => void refetch());
  const all = data?.connectors;
  return (
    <Page
      name="Connectors"
      heading="Connectors"
      aside={all && all.length > 0 && <SearchInput label="Search connectors" value={text} onChange={setText} />}
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!all && !error && <Loading what="connectors" />}
      {all?.length === 0 && <NoConnectors />}
      {all && all.length > 0 && <Cards connectors={all.filter((one) => found(one, text))} text={text} />}
    </Page>
  );
}

function Cards({ connectors, text }: { readonly connectors: readonly Connector[]; readonly text: string }) {
  const usable = connectors.filter(isUsable);
  const others = connectors.filter((one) => !isUsable(one));
  if (connectors.length === 0) return <Empty title="Nothing found">No connector has “{text}” in its name or description.</Empty>;
  return (
    <>
      <h2 className="visually-hidden">Ready to use</h2>
      <CardList connectors={usable} />
      {others.length > 0 && (
        <>
          <Text component="h2" fw={600} size="md" mt="xl" mb="sm">
            Cannot be used now
          </Text>
          <CardList connectors={others} />
        </>
      )}
      <Text size="sm" c="dimmed" mt="xl">
        Make one of your own with <Code>kiln connector new hello</Code>; it appears here by itself. <JobsLink />
      </Text>
    </>
  );
}

function CardList({ connectors }: { readonly connectors: readonly Connector[] }) {
  return (
    <SimpleGrid component="ul" cols={{ base: 1, sm: 2, lg: 3 }} spacing="md" p={0} m={0} style={{ listStyle: 'none' }}>
      {connectors.map((connector) => (
        <ConnectorCard key={connector.name} connector={connector} usable={isUsable(connector)} />
      ))}
    </SimpleGrid>
  );
}

function NoConnectors() {
  return (
    <Empty title="There are no connectors yet">
      A connector is a folder that says what to run. Make one with <Code>kiln connector new hello</Code>, change its <Code>main.sh</Code>,
      and it appears here without a restart.
    </Empty>
  );
}

function JobsLink() {
  return (
    <Anchor component={Link} to="/jobs" size="sm" underline="always">
      See what runs.
    </Anchor>
  );
}

function isUsable({ active, version, problem }: Connector): boolean {
  return active && version !== null && problem === null;
}

function found({ name, title, description }: Connector, text: string): boolean {
  return `${name} ${title} ${description}`.toLowerCase().includes(text.trim().toLowerCase());
}
