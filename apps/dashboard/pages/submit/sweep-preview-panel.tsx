import type { SweepPreview } from '@kiln/client/sweep-documents';
import { Text } from '@mantine/core';
import { many, number } from '../../lib/time.ts';
import { FirstRows, PreviewFrame, type PreviewProps } from './preview-frame.tsx';

/** How many jobs would run, and which first. */
export function SweepPreviewPanel(props: PreviewProps<SweepPreview>) {
  return (
    <PreviewFrame {...props}>
      {({ problems, jobCount, taskCount, atMost, firstPoints }) => {
        const names = [...new Set(firstPoints.flatMap((point) => Object.keys(point)))];
        return (
          problems.length === 0 && (
            <>
              <Text size="sm" role="status">
                <strong className="tabular">{many(jobCount, 'job')}</strong> of{' '}
                <strong className="tabular">{many(taskCount, 'task')}</strong>
                {jobCount > 1 && ' each, if the first is like the others'}, at most {number(atMost)} at once
              </Text>
              {names.length > 0 && (
                <FirstRows
                  what="jobs"
                  heads={['Job']}
                  names={names}
                  rows={firstPoints.map((values, at) => ({ heads: [at + 1], values }))}
                  total={jobCount}
                />
              )}
            </>
          )
        );
      }}
    </PreviewFrame>
  );
}
