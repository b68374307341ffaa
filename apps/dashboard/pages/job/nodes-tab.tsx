import { Table, Text } from '@mantine/core';
import type { JobNode } from '../../lib/documents.ts';
import { Empty } from '../../parts/notice.tsx';
import { TaskProgress } from '../../parts/progress.tsx';
import { ScrollBox } from '../../parts/scroll-box.tsx';

export function NodesTab({ nodes }: { readonly nodes: readonly JobNode[] }) {
  if (nodes.length === 0) return <Empty title="No nodes yet">They appear in the create stage.</Empty>;
  return (
    <ScrollBox label="Nodes of this job" className="panel">
      <Table aria-label="Nodes" verticalSpacing="xs" miw={560}>
        <Table.Thead>
          <Table.Tr>
            {['Node', 'State', 'Address', 'Slots', 'Tasks'].map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {nodes.map(({ name, state, address, slots, note, tasks }) => (
            <Table.Tr key={name}>
              <Table.Td fw={500}>{name}</Table.Td>
              <Table.Td>{state}</Table.Td>
              <Table.Td className="mono" fz="xs">
                {address}
              </Table.Td>
              <Table.Td className="tabular">{slots}</Table.Td>
              <Table.Td miw={200}>
                <TaskProgress counts={tasks} />
                {note !== null && (
                  <Text size="xs" c="dimmed">
                    {note}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollBox>
  );
}
