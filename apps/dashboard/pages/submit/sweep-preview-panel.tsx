import type { SweepPreview } from '@kiln/client/sweep-documents';
import { Table, Text, Title } from '@mantine/core';
import { many, number } from '../../lib/time.ts';
import { Failure } from '../../parts/notice.tsx';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import type { FieldProblem } from './field-problems.ts';
import { cell, Problems } from './preview-panel.tsx';
import classes from './submit.module.css';
import type { Previewed } from './use-preview.ts';

interface SweepPreviewPanelProps {
  readonly previewed: Previewed<SweepPreview>;
  readonly problems: readonly FieldProblem[];
}

/** How many jobs would run, and which first. */
export function SweepPreviewPanel({ previewed: { preview, error, stale }, problems }: SweepPreviewPanelProps) {
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
      {preview && preview.problems.length === 0 && (
        <div style={{ opacity: stale ? 0.75 : 1 }}>
          <Text size="sm" role="status">
            <strong className="tabular">{many(preview.jobCount, 'job')}</strong> of{' '}
            <strong className="tabular">{many(preview.taskCount, 'task')}</strong>
            {preview.jobCount > 1 && ' each, if the first is like the others'}, at most {number(preview.atMost)} at once
          </Text>
          <FirstPoints preview={preview} />
        </div>
      )}
    </section>
  );
}

function FirstPoints({ preview: { firstPoints, jobCount } }: { readonly preview: SweepPreview }) {
  const names = [...new Set(firstPoints.flatMap((point) => Object.keys(point)))];
  if (names.length === 0) return null;
  return (
    <>
      <ScrollBox label="Jobs that would run first">
        <Table aria-label="The first jobs" fz="xs" verticalSpacing={3} mt="xs" className="tabular">
          <Table.Thead>
            <Table.Tr>
              {['Job', ...names].map((name) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {firstPoints.map((point, index) => (
              <Table.Tr key={JSON.stringify([index, point])}>
                <Table.Td>{index + 1}</Table.Td>
                {names.map((name) => (
                  <Table.Td key={name} className="mono">
                    {point[name] === undefined ? '' : cell(point[name])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollBox>
      {jobCount > firstPoints.length && (
        <Text size="xs" c="dimmed" mt={4}>
          and {number(jobCount - firstPoints.length)} more
        </Text>
      )}
    </>
  );
}
