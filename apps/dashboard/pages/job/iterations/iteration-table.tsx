import { hasEnded } from '@kiln/domain';
import { Button, Table } from '@mantine/core';
import type { JobPageData } from '../../../lib/documents.ts';
import { short } from '../../../parts/chart/scale.ts';
import { ScrollBox } from '../../../parts/scroll-box.tsx';
import { endingText, mayBranch } from './iteration-words.ts';
import classes from './iterations.module.css';
import { KeptTasks } from './kept-tasks.tsx';

interface IterationTableProps {
  readonly job: JobPageData;
  onBranch(iteration: number): void;
}

/** The same as the chart, in numbers; the newest iteration first. */
export function IterationTable({ job, onBranch }: IterationTableProps) {
  const { iteration: current, iterations, status } = job;
  return (
    <ScrollBox label="Iterations" className={classes['sheet']}>
      <Table aria-label="Iterations" verticalSpacing={5} miw={680} stickyHeader fz="sm">
        <Table.Thead>
          <Table.Tr>
            {['Iteration', 'Criterion', 'Kept tasks', 'Ending', 'Note', ''].map((title) => (
              <Table.Th key={title}>{title || <span className="visually-hidden">Branch</span>}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {iterations.toReversed().map(({ iteration, criterion, kept, ending, note }) => (
            <Table.Tr key={iteration}>
              <Table.Td className="tabular">
                {iteration}
                {iteration === current && !hasEnded(status) && ' (now)'}
              </Table.Td>
              <Table.Td className="tabular">{criterion === null ? '' : short(criterion)}</Table.Td>
              <Table.Td>
                <KeptTasks job={job} iteration={iteration} kept={kept} />
              </Table.Td>
              <Table.Td>{ending && endingText(ending)}</Table.Td>
              <Table.Td>{note}</Table.Td>
              <Table.Td ta="end">
                {mayBranch(job, iteration) && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`Branch from iteration ${iteration}`}
                    onClick={() => onBranch(iteration)}
                  >
                    Branch…
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollBox>
  );
}
