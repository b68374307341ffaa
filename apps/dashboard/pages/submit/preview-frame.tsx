import { Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { valueText } from '../../lib/sweep-text.ts';
import { number } from '../../lib/time.ts';
import { Failure } from '../../parts/notice.tsx';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import type { FieldProblem } from './field-problems.ts';
import { Problems } from './problems.tsx';
import classes from './submit.module.css';
import type { Previewed } from './use-preview.ts';

export interface PreviewProps<P> {
  readonly previewed: Previewed<P>;
  readonly problems: readonly FieldProblem[];
}

interface PreviewFrameProps<P> extends PreviewProps<P> {
  children(preview: P): ReactNode;
}

/** What would run, before it does; with what is wrong. */
export function PreviewFrame<P>({ previewed: { preview, error, stale }, problems, children }: PreviewFrameProps<P>) {
  return (
    <section className={`panel ${classes['side']}`} aria-labelledby="preview" aria-busy={stale}>
      <Title order={2} id="preview" mb="xs">
        Preview
      </Title>
      {error !== null && <Failure error={error} />}
      {problems.length > 0 && <Problems problems={problems} />}
      {!preview && error === null && (
        <Text size="sm" c="dimmed">
          Checking…
        </Text>
      )}
      {preview && <div style={{ opacity: stale ? 0.75 : 1 }}>{children(preview)}</div>}
    </section>
  );
}

interface FirstRowsProps {
  /** What the rows are, in the plural: `tasks`. */
  readonly what: string;
  readonly heads: readonly string[];
  readonly names: readonly string[];
  readonly rows: readonly { readonly heads: readonly ReactNode[]; readonly values: Readonly<Record<string, unknown>> }[];
  readonly total: number;
}

/** The first of what would run, with the values of each. */
export function FirstRows({ what, heads, names, rows, total }: FirstRowsProps) {
  return (
    <>
      <ScrollBox label={`The ${what} that would run first`}>
        <Table aria-label={`The first ${what}`} fz="xs" verticalSpacing={3} mt="xs" className="tabular">
          <Table.Thead>
            <Table.Tr>
              {[...heads, ...names].map((name) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={String(row.heads[0])}>
                {row.heads.map((value, at) => (
                  <Table.Td key={heads[at]}>{value}</Table.Td>
                ))}
                {names.map((name) => (
                  <Table.Td key={name} className="mono">
                    {row.values[name] === undefined ? '' : valueText(row.values[name])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollBox>
      {total > rows.length && (
        <Text size="xs" c="dimmed" mt={4}>
          and {number(total - rows.length)} more
        </Text>
      )}
    </>
  );
}
