import type { Platform } from '@kiln/client/platform-documents';
import { Table } from '@mantine/core';
import { walltimeText } from '../../lib/resources-text.ts';
import { number } from '../../lib/time.ts';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import { Panel } from './panel.tsx';

export function QueuesPanel({ platform: { facts } }: { readonly platform: Platform }) {
  const queues = facts?.scheduler?.queues ?? [];
  if (queues.length === 0) return null;
  return (
    <Panel title="Queues">
      <ScrollBox label="Queues of the cluster">
        <Table aria-label="Queues" fz="sm" verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              {['Queue', 'Open', 'Longest walltime', 'Nodes'].map((title) => (
                <Table.Th key={title} scope="col">
                  {title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {queues.map(({ name, isDefault, open, maxWalltime, nodes }) => (
              <Table.Tr key={name}>
                <Table.Td>
                  <strong>{name}</strong>
                  {isDefault && ' (default)'}
                </Table.Td>
                <Table.Td>{open ? 'yes' : <span style={{ color: 'var(--kiln-blocked)' }}>closed</span>}</Table.Td>
                <Table.Td className="tabular">{maxWalltime === null ? 'no limit' : walltimeText(maxWalltime)}</Table.Td>
                <Table.Td className="tabular">{nodes === null ? 'not told' : number(nodes)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollBox>
    </Panel>
  );
}
