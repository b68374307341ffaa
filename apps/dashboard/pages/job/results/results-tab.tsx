import { hasEnded } from '@kiln/domain';
import { Button, NativeSelect } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { JobPageData } from '../../../lib/documents.ts';
import { number } from '../../../lib/time.ts';
import { Empty, Failure, Loading } from '../../../parts/notice.tsx';
import { firstOwn, IterationSelect } from '../iteration-select.tsx';
import { Contents } from './contents.tsx';
import { Curves } from './curves.tsx';
import { Pictures } from './pictures.tsx';
import classes from './results.module.css';
import { useFoundOutput } from './use-found-output.ts';

const route = getRouteApi('/jobs/$id');

/** Files of all tasks that are one of the outputs that the connector declares, side by side. */
export function ResultsTab({ job }: { readonly job: JobPageData }) {
  const { output } = route.useSearch();
  const navigate = route.useNavigate();
  const declared = job.declaredOutputs.filter(({ kind }) => kind !== 'number');
  const chosen = declared.find(({ name }) => name === output) ?? declared[0];
  const choose = (name: string) => void navigate({ search: (search) => ({ ...search, output: name }), replace: true, resetScroll: false });
  if (!chosen) return <Empty title="Nothing to show">The connector declares no files among its `outputs`.</Empty>;
  return (
    <>
      <div className={classes['bar']}>
        {declared.length > 1 && (
          <NativeSelect
            aria-label="Output"
            size="xs"
            value={chosen.name}
            data={declared.map(({ name, title }) => ({ value: name, label: title }))}
            onChange={({ currentTarget }) => choose(currentTarget.value)}
          />
        )}
        <IterationSelect job={job} first={firstOwn(job)} />
      </div>
      <Found key={chosen.name} job={job} name={chosen.name} />
    </>
  );
}

function Found({ job, name }: { readonly job: JobPageData; readonly name: string }) {
  const { iteration = job.iteration } = route.useSearch();
  const { found, error, retry, showMore } = useFoundOutput(job.id, name, iteration, !hasEnded(job.status));
  if (error !== null) return <Failure error={error} retry={retry} />;
  if (!found) return <Loading what="files" />;
  const tasks = found.tasks.filter(({ files }) => files.length > 0);
  return (
    <>
      {tasks.length === 0 ? (
        <Empty title={hasEnded(job.status) ? 'No such files' : 'No such files yet'}>
          {found.tasks.length === 0
            ? 'Results come home when their tasks have ended.'
            : 'The tasks left no file with the name that the connector says.'}
        </Empty>
      ) : (
        <Shown output={found.output} tasks={tasks} />
      )}
      {found.more && (
        <Button variant="default" size="xs" mt="sm" onClick={showMore}>
          Show more than {number(found.tasks.length)} tasks
        </Button>
      )}
    </>
  );
}

type ShownProps = Pick<NonNullable<ReturnType<typeof useFoundOutput>['found']>, 'output' | 'tasks'>;

function Shown({ output, tasks }: ShownProps) {
  if (output.kind === 'image') return <Pictures tasks={tasks} />;
  if (output.kind === 'plot') return <Curves output={output} tasks={tasks} />;
  return <Contents tasks={tasks} open={output.kind !== 'file'} />;
}
