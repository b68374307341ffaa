import { useQuery } from '@apollo/client/react';
import { Button, Group, Table, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Iteration, type JobPageData, scoresQuery } from '../../../lib/documents.ts';
import { short } from '../../../parts/chart/scale.ts';
import { Fact } from '../../../parts/fact.tsx';
import { Failure, Loading } from '../../../parts/notice.tsx';
import { ScrollBox } from '../../../parts/scroll-box.tsx';
import lists from '../lists.module.css';
import { endingText, mayBranch } from './iteration-words.ts';
import classes from './iterations.module.css';
import { KeptTasks, ownerOf } from './kept-tasks.tsx';

interface IterationPanelProps {
  readonly job: JobPageData;
  readonly number: number;
  /** Undefined while nothing is known of it. */
  readonly iteration: Iteration | undefined;
  onBranch(): void;
}

/** All about the iteration that is looked at. */
export function IterationPanel({ job, number, iteration, onBranch }: IterationPanelProps) {
  const owner = ownerOf(job, number);
  return (
    <section aria-label={`Iteration ${number}`} className={`panel ${lists['taskPanel']}`}>
      <div className={lists['bar']}>
        <Title order={2}>Iteration {number}</Title>
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            renderRoot={(props) => (
              <Link {...props} to="/jobs/$id" params={{ id: owner }} search={{ iteration: number }} resetScroll={false} />
            )}
          >
            Tasks
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/jobs/$id"
                params={{ id: owner }}
                search={{ tab: 'outputs', path: `output_${number}` }}
                resetScroll={false}
              />
            )}
          >
            Outputs
          </Button>
          {mayBranch(job, number) && (
            <Button size="compact-sm" variant="default" onClick={onBranch}>
              Branch from here…
            </Button>
          )}
        </Group>
      </div>
      <dl className={lists['taskFacts']}>
        <Fact name="Criterion">{iteration?.criterion == null ? 'not known' : short(iteration.criterion)}</Fact>
        <Fact name="Kept tasks">
          {iteration && iteration.kept.length > 0 ? <KeptTasks job={job} iteration={number} kept={iteration.kept} /> : 'none'}
        </Fact>
        {iteration?.ending && <Fact name="Ending">{endingText(iteration.ending)}</Fact>}
      </dl>
      {iteration?.note && <p className={lists['dim']}>{iteration.note}</p>}
      {iteration && <Scores jobId={job.id} iteration={number} />}
    </section>
  );
}

function Scores({ jobId, iteration }: { readonly jobId: string; readonly iteration: number }) {
  const [opened, setOpened] = useState(false);
  return (
    <details className={classes['scores']} onToggle={({ currentTarget }) => setOpened(currentTarget.open)}>
      <summary>Scores</summary>
      {opened && <ScoreTable jobId={jobId} iteration={iteration} />}
    </details>
  );
}

function ScoreTable({ jobId, iteration }: { readonly jobId: string; readonly iteration: number }) {
  const { data, error, refetch } = useQuery(scoresQuery, { variables: { id: jobId }, fetchPolicy: 'no-cache' });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Loading what="the scores" />;
  const scores = data.job?.iterations.find((one) => one.iteration === iteration)?.scores ?? [];
  if (scores.length === 0) return <p className={lists['dim']}>The connector gave none.</p>;
  return (
    <ScrollBox label="Scores" className={classes['sheet']}>
      <Table aria-label="Scores" verticalSpacing={3} fz="xs" maw={280} className="tabular">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Task</Table.Th>
            <Table.Th>Score</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {scores.map(({ task, score }) => (
            <Table.Tr key={task}>
              <Table.Td>{task}</Table.Td>
              <Table.Td>{short(score)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollBox>
  );
}
