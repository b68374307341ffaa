import { NativeSelect } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { JobPageData } from '../../lib/documents.ts';

const route = getRouteApi('/jobs/$id');

/** Which iteration is looked at; it stands in the address, and holds for all tabs. */
export function IterationSelect({ job, first }: { readonly job: JobPageData; readonly first: number }) {
  const { iteration = job.iteration } = route.useSearch();
  const navigate = route.useNavigate();
  const turnTo = (next: number) =>
    void navigate({
      search: ({ iteration: _iteration, task: _task, ...rest }) => (next === job.iteration ? rest : { ...rest, iteration: next }),
      replace: true,
      resetScroll: false,
    });
  if (job.iteration <= first) return null;
  return (
    <NativeSelect
      aria-label="Iteration"
      size="xs"
      value={String(iteration)}
      data={Array.from({ length: job.iteration - first + 1 }, (_, at) => ({
        value: String(first + at),
        label: first + at === job.iteration ? `Iteration ${first + at} (current)` : `Iteration ${first + at}`,
      }))}
      onChange={({ currentTarget }) => turnTo(Number(currentTarget.value))}
    />
  );
}

/** The first iteration that is the job's own: what comes before belongs to the job that it is a branch of. */
export function firstOwn({ branchOf }: Pick<JobPageData, 'branchOf'>): number {
  return branchOf ? branchOf.iteration + 1 : 0;
}
