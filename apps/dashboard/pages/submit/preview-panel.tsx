import { Anchor, Table, Text, Title } from '@mantine/core';
import type { JobPreview } from '../../lib/documents.ts';
import { formatValues } from '../../lib/sweep-text.ts';
import { many, number } from '../../lib/time.ts';
import { Failure } from '../../parts/notice.tsx';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import type { FieldProblem } from './field-problems.ts';
import classes from './submit.module.css';
import type { Previewed } from './use-preview.ts';

/** What would run, before it does. */
export function PreviewPanel({
  previewed: { preview, error, stale },
  problems,
}: {
  readonly previewed: Previewed<JobPreview>;
  readonly problems: readonly FieldProblem[];
}) {
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
      {preview && (
        <div style={{ opacity: stale ? 0.75 : 1 }}>
          {preview.problems.length === 0 && (
            <Text size="sm" role="status">
              <strong className="tabular">{many(preview.taskCount, 'task')}</strong> on{' '}
              <strong className="tabular">{many(preview.nodes, 'node')}</strong>
            </Text>
          )}
          {preview.firstTasks.length > 0 && <FirstTasks preview={preview} />}
        </div>
      )}
    </section>
  );
}

export function Problems({ problems }: { readonly problems: readonly FieldProblem[] }) {
  return (
    <div role="alert" className={classes['problems']}>
      <Text size="sm" fw={600}>
        {problems.length === 1 ? 'One thing is wrong' : `${problems.length} things are wrong`}
      </Text>
      <ul>
        {problems.map(({ path, message }) => (
          <li key={`${path.join('.')} ${message}`}>
            {path.length === 0 ? (
              message
            ) : (
              <Anchor component="button" type="button" size="sm" ta="start" underline="always" onClick={() => focusField(path)}>
                {message}
              </Anchor>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function FirstTasks({ preview }: { readonly preview: JobPreview }) {
  const names = Object.keys(preview.firstTasks[0]?.values ?? {});
  const input = preview.firstTasks.some((task) => task.input !== null);
  return (
    <>
      <ScrollBox label="Tasks that would run first">
        <Table aria-label="The first tasks" fz="xs" verticalSpacing={3} mt="xs" className="tabular">
          <Table.Thead>
            <Table.Tr>
              {['Task', 'Node', ...(input ? ['Input'] : []), ...names].map((name) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {preview.firstTasks.map((task) => (
              <Table.Tr key={task.number}>
                <Table.Td>{task.number}</Table.Td>
                <Table.Td>{task.node}</Table.Td>
                {input && <Table.Td className="mono">{task.input}</Table.Td>}
                {names.map((name) => (
                  <Table.Td key={name} className="mono">
                    {cell(task.values[name])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollBox>
      {preview.taskCount > preview.firstTasks.length && (
        <Text size="xs" c="dimmed" mt={4}>
          and {number(preview.taskCount - preview.firstTasks.length)} more
        </Text>
      )}
    </>
  );
}

export function cell(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? formatValues([value])
    : JSON.stringify(value);
}

export function focusField([name = '']: readonly string[]): void {
  const field = document.getElementById(`root_${name}`);
  field?.closest('details')?.setAttribute('open', '');
  field?.scrollIntoView({ block: 'center' });
  field?.focus();
}
