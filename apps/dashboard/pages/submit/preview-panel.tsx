import { Text } from '@mantine/core';
import type { JobPreview } from '../../lib/documents.ts';
import { many } from '../../lib/time.ts';
import { FirstRows, PreviewFrame, type PreviewProps } from './preview-frame.tsx';

/** How many tasks would run where, and which first. */
export function PreviewPanel(props: PreviewProps<JobPreview>) {
  return (
    <PreviewFrame {...props}>
      {({ problems, taskCount, nodes, firstTasks }) => (
        <>
          {problems.length === 0 && (
            <Text size="sm" role="status">
              <strong className="tabular">{many(taskCount, 'task')}</strong> on <strong className="tabular">{many(nodes, 'node')}</strong>
            </Text>
          )}
          {firstTasks.length > 0 && (
            <FirstRows
              what="tasks"
              heads={['Task', 'Node', ...(hasInput(firstTasks) ? ['Input'] : [])]}
              names={Object.keys(firstTasks[0]?.values ?? {})}
              rows={firstTasks.map(({ number, node, input, values }) => ({
                heads: [number, node, ...(hasInput(firstTasks) ? [input] : [])],
                values,
              }))}
              total={taskCount}
            />
          )}
        </>
      )}
    </PreviewFrame>
  );
}

function hasInput(tasks: JobPreview['firstTasks']): boolean {
  return tasks.some(({ input }) => input !== null);
}
