import { useQuery } from '@apollo/client/react';
import { Table, Text } from '@mantine/core';
import { eventsQuery, type JobNode, type JobPageData } from '../../lib/documents.ts';
import { Ago } from '../../parts/ago.tsx';
import { Empty } from '../../parts/notice.tsx';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import { NodeStateLabel } from '../../parts/status.tsx';
import { TaskProgress } from '../../parts/task-progress.tsx';

export function NodesTab({ job: { id, nodes } }: { readonly job: JobPageData }) {
  const reasons = useReasons(id, nodes.filter(isLost).length);
  if (nodes.length === 0) return <Empty title="No nodes yet">They appear in the create stage.</Empty>;
  return (
    <ScrollBox label="Nodes of this job" className="panel">
      <Table aria-label="Nodes" verticalSpacing="xs" miw={640}>
        <Table.Thead>
          <Table.Tr>
            {['Node', 'State', 'Address', 'Since', 'Slots', 'Tasks'].map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {nodes.map((node) => (
            <NodeRow key={node.name} node={node} reason={isLost(node) ? reasons.get(node.name) : undefined} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollBox>
  );
}

interface NodeRowProps {
  readonly node: JobNode;
  /** Why it is lost. */
  readonly reason: string | undefined;
}

function NodeRow({ node, reason }: NodeRowProps) {
  const { name, state, address, slots, note, unreachableSince, createdAt, tasks } = node;
  const told = reason ?? note;
  return (
    <Table.Tr>
      <Table.Td fw={500}>{name}</Table.Td>
      <Table.Td>
        <NodeStateLabel state={state} />
        {unreachableSince !== null && (
          <Text size="xs" c="var(--kiln-blocked)">
            cannot be reached since <Ago at={unreachableSince} />
          </Text>
        )}
      </Table.Td>
      <Table.Td className="mono" fz="xs">
        {address}
      </Table.Td>
      <Table.Td c="dimmed">
        <Ago at={createdAt} />
      </Table.Td>
      <Table.Td className="tabular">{slots}</Table.Td>
      <Table.Td miw={200}>
        <TaskProgress counts={tasks} />
        {told !== null && (
          <Text size="xs" c="dimmed">
            {told}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function isLost({ state }: JobNode): boolean {
  return state.toLowerCase() === 'lost';
}

/** Why nodes are lost, by name: the history says so. Read again when one more is. */
function useReasons(id: string, lost: number): ReadonlyMap<string, string> {
  const { data } = useQuery(eventsQuery, {
    variables: { id, first: Math.min(500, 100 + lost), kinds: ['node'] },
    skip: lost === 0,
    fetchPolicy: 'no-cache',
  });
  const events = data?.job?.events.nodes ?? [];
  const told = events.flatMap(({ subject, to, message }) => (to === 'lost' && message !== null ? [[subject, message] as const] : []));
  // The newest comes first, and is what counts.
  return new Map(told.toReversed());
}
