import { Table, UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { number } from '../../../lib/time.ts';
import { short } from '../../../parts/chart/scale.ts';
import { ScrollBox } from '../../../parts/scroll-box.tsx';
import { type NumberSheet, type Order, ordered } from './number-rows.ts';
import classes from './numbers.module.css';

interface NumberListProps {
  readonly sheet: NumberSheet;
  readonly order: Order;
  onOrder(order: Order): void;
}

const MOST_ROWS = 500;

/** A row for each task; a heading orders the rows by its column. */
export function NumberList({ sheet, order, onOrder }: NumberListProps) {
  const rows = ordered(sheet.rows, order);
  const turn = (column: number | null) => onOrder({ column, descending: order.column === column && !order.descending });
  return (
    <>
      <ScrollBox label="Numbers" className={classes['sheet']}>
        <Table aria-label="Numbers" fz="sm" verticalSpacing={4} stickyHeader className="tabular">
          <Table.Thead>
            <Table.Tr>
              <Heading title="Task" column={null} order={order} onTurn={turn} />
              {sheet.columns.map(({ title, swept }, at) => (
                <Heading key={`${swept} ${title}`} title={title} column={at} order={order} onTurn={turn} />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, MOST_ROWS).map(({ task, cells }) => (
              <Table.Tr key={task}>
                <Table.Td>
                  <Link
                    from="/jobs/$id"
                    to="."
                    search={({ tab: _tab, ...rest }) => ({ ...rest, task })}
                    className={classes['link']}
                    aria-label={`Task ${task}`}
                  >
                    {task}
                  </Link>
                </Table.Td>
                {cells.map((cell, at) => (
                  <Table.Td key={sheet.columns[at]?.name} title={cell === null ? 'It was not found in its file' : String(cell)}>
                    {typeof cell === 'number' ? short(cell) : (cell ?? '–')}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollBox>
      {rows.length > MOST_ROWS && <p className={classes['dim']}>The first {number(MOST_ROWS)} in this order; the CSV file has them all.</p>}
    </>
  );
}

interface HeadingProps {
  readonly title: string;
  readonly column: number | null;
  readonly order: Order;
  onTurn(column: number | null): void;
}

function Heading({ title, column, order, onTurn }: HeadingProps) {
  const chosen = order.column === column;
  const sort = order.descending ? 'descending' : 'ascending';
  return (
    <Table.Th aria-sort={chosen ? sort : undefined}>
      <UnstyledButton className={classes['heading']} onClick={() => onTurn(column)}>
        {title}
        <span aria-hidden="true">{chosen ? (order.descending ? ' ↓' : ' ↑') : ''}</span>
      </UnstyledButton>
    </Table.Th>
  );
}
