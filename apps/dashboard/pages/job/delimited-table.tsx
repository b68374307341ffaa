import { Table } from '@mantine/core';
import { number } from '../../lib/time.ts';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import type { Delimited } from './delimited.ts';
import classes from './lists.module.css';

const MOST_ROWS = 500;

export function DelimitedTable({ head, all }: Pick<Delimited, 'head'> & { readonly all: Delimited['rows'] }) {
  const rows = all.slice(0, MOST_ROWS);
  return (
    <>
      <ScrollBox className={classes['sheet']} label="Contents">
        <Table fz="xs" verticalSpacing={3} stickyHeader className="tabular">
          <Table.Thead>
            <Table.Tr>
              {head.map((name, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity
                <Table.Th key={at}>{name || `column ${at + 1}`}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity
              <Table.Tr key={at}>
                {row.map((cell, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other identity
                  <Table.Td key={column}>{cell}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollBox>
      {all.length > MOST_ROWS && <p className={classes['dim']}>The first {number(MOST_ROWS)} rows.</p>}
    </>
  );
}
