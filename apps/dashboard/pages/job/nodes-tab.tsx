import { Table } from '@mantine/core';
import type { JobNode } from '../../lib/documents.ts';
import { Empty } from '../../parts/notice.tsx';
import { TaskProgress } from '../../parts/progress.tsx';

export function NodesTab({ nodes }: { readonly nodes: readonly JobNode[] }) {
  if (nodes.length === 0) return <Empty title="No nodes yet">They appear in the create stage.</Empty>;
  return (
    <Table.ScrollContainer minWidth={560} className="panel" scrollAreaProps={{ type: 'auto' }}>
      <Table aria-label="Nodes" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {['Node', 'State', 'Address', 'Slots', 'Tasks'].map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {nodes.map(({ name, state, address, slots, tasks }) => (
            <Table.Tr key={name}>
              <Table.Td fw={500}>{name}</Table.Td>
              <Table.Td style={state === 'lost' ? { color: 'var(--kiln-failed)' } : undefined}>{state}</Table.Td>
              <Table.Td className="mono" fz="xs">
                {address}
              </Table.Td>
              <Table.Td className="tabular">{slots}</Table.Td>
              <Table.Td miw={200}>
                <TaskProgress counts={tasks} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
