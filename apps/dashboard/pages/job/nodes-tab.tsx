import { useQuery } from '@apollo/client/react';
import { Table, Text } from '@mantine/core';
import { eventsQuery, type JobNode, type JobPageData } from '../../lib/documents.ts';
import { money } from '../../lib/time.ts';
import { Ago, Elapsed } from '../../parts/ago.tsx';
import { Empty } from '../../parts/notice.tsx';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import { NodeStateLabel } from '../../parts/status.tsx';
import { TaskProgress } from '../../parts/task-progress.tsx';

export function NodesTab({ job: { id, nodes } }: { readonly job: JobPageData }) {
  const reasons = useReasons(id, nodes.filter(isLost).length);
  const costly = nodes.some(({ cost }) => cost !== null);
  if (nodes.length === 0) return <Empty title="No nodes yet">They appear in the create stage.</Empty>;
  return (
    <>
      {costly && <Costs nodes={nodes} />}
      <ScrollBox label="Nodes of this job" className="panel">
        <Table aria-label="Nodes" verticalSpacing="xs" miw={costly ? 720 : 640}>
          <Table.Thead>
            <Table.Tr>
              {['Node', 'State', 'Address', 'For', ...(costly ? ['Cost'] : []), 'Slots', 'Tasks'].map((title) => (
                <Table.Th key={title}>{title}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {nodes.map((node) => (
              <NodeRow key={node.name} node={node} costly={costly} reason={isLost(node) ? reasons.get(node.name) : undefined} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollBox>
    </>
  );
}

/** Of all machines that the job had, as of the last look. */
function Costs({ nodes }: { readonly nodes: readonly JobNode[] }) {
  const sum = (amounts: readonly (number | null)[]) => amounts.reduce<number>((all, one) => all + (one ?? 0), 0);
  const there = nodes.filter(({ goneAt }) => goneAt === null);
  return (
    <Text size="sm" c="dimmed" mb="xs">
      Its machines cost {money(sum(nodes.map(({ cost }) => cost)))} so far
      {there.length > 0 && ` and ${money(sum(there.map(({ pricePerHour }) => pricePerHour)))} an hour`}.
    </Text>
  );
}

interface NodeRowProps {
  readonly node: JobNode;
  /** Whether any node of the job costs something. */
  readonly costly: boolean;
  /** Why it is lost. */
  readonly reason: string | undefined;
}

function NodeRow({ node, costly, reason }: NodeRowProps) {
  const { name, state, address, slots, note, unreachableSince, createdAt, goneAt, pricePerHour, cost, tasks } = node;
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
        <Elapsed from={createdAt} to={goneAt} />
      </Table.Td>
      {costly && (
        <Table.Td className="tabular" style={{ whiteSpace: 'nowrap' }}>
          {cost === null ? '–' : money(cost)}
          <Text size="xs" c="dimmed">
            {pricePerHour === null ? 'no price said' : `${money(pricePerHour)} an hour`}
          </Text>
        </Table.Td>
      )}
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
