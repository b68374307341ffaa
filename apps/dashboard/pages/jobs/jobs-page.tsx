import { Button, Code, Text } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { number } from '../../lib/time.ts';
import { Empty, Failure, Loading } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { JobFilters } from './job-filters.tsx';
import { JobRows } from './job-rows.tsx';
import type { JobsSearch } from './search.ts';
import { useJobList } from './use-job-list.ts';

const route = getRouteApi('/jobs');

export function JobsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { list, error, loadingMore, loadMore, reload } = useJobList(search);
  const change = (next: JobsSearch) => void navigate({ search: next, replace: true });
  const filtered = search.status !== undefined || search.connector !== undefined || search.text !== undefined;
  return (
    <Page
      name="Jobs"
      heading="Jobs"
      aside={
        <Button component={Link} to="/" size="sm">
          New job
        </Button>
      }
    >
      <JobFilters search={search} onChange={change} />
      {error !== null && <Failure error={error} retry={reload} />}
      {!list && error === null && <Loading what="jobs" />}
      {list && (
        <Text size="xs" c="dimmed" mb={6} role="status">
          {number(list.total)} {list.total === 1 ? 'job' : 'jobs'}
          {filtered ? ' match' : ''}
        </Text>
      )}
      {list?.jobs.length === 0 && (filtered ? <NothingMatches onClear={() => change({})} /> : <NoJobs />)}
      {list && list.jobs.length > 0 && <JobRows jobs={list.jobs} search={search} onChange={change} />}
      {list?.more && (
        <Button variant="default" mt="md" loading={loadingMore} onClick={() => void loadMore()}>
          Load more
        </Button>
      )}
    </Page>
  );
}

function NoJobs() {
  return (
    <Empty title="Nothing has run yet">
      Choose a <Link to="/">connector</Link> and submit it, or try <Code>kiln submit randnum --watch</Code>. Jobs appear here as soon as
      they are accepted.
    </Empty>
  );
}

function NothingMatches({ onClear }: { onClear(): void }) {
  return (
    <Empty title="No job matches">
      <Button variant="default" size="compact-sm" mt={6} onClick={onClear}>
        Clear the filters
      </Button>
    </Empty>
  );
}
