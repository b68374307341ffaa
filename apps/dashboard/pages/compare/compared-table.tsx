import type { Subject } from '@kiln/client/comparison';
import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import classes from './compare.module.css';

interface ComparedTableProps {
  readonly label: string;
  readonly subjects: readonly Subject[];
  readonly rows: readonly { readonly key: string; readonly name: ReactNode; readonly cells: readonly ReactNode[] }[];
}

/** Stands where a subject does not have something. */
export function None({ word = 'none' }: { readonly word?: string }) {
  return <span className={classes['none']}>{word}</span>;
}

/** A column for each subject. */
export function ComparedTable({ label, subjects, rows }: ComparedTableProps) {
  return (
    <ScrollBox label={label}>
      <Table aria-label={label} fz="sm" verticalSpacing={4} className="tabular">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">
              <span className="visually-hidden">Name</span>
            </Table.Th>
            {subjects.map(({ ref, name }) => (
              <Table.Th key={ref} scope="col">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, name, cells }) => (
            <Table.Tr key={key}>
              <Table.Th scope="row">{name}</Table.Th>
              {subjects.map(({ ref }, at) => (
                <Table.Td key={ref} style={{ verticalAlign: 'top' }}>
                  {cells[at]}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollBox>
  );
}
