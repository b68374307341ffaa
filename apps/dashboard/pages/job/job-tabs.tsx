import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { JobPageData } from '../../lib/documents.ts';
import { number } from '../../lib/time.ts';
import { EventsTab } from './events-tab.tsx';
import { FailuresTab } from './failures/failures-tab.tsx';
import { IterationsTab } from './iterations/iterations-tab.tsx';
import type { JobFeed } from './job-feed.ts';
import { NodesTab } from './nodes-tab.tsx';
import { NumbersTab } from './numbers/numbers-tab.tsx';
import { OutputsTab } from './outputs-tab.tsx';
import { ParametersTab } from './parameters-tab.tsx';
import { ResultsTab } from './results/results-tab.tsx';
import { TABS, type Tab } from './search.ts';
import { TasksTab } from './tasks-tab.tsx';

const route = getRouteApi('/jobs/$id');
const TITLES: Readonly<Record<Tab, string>> = {
  tasks: 'Tasks',
  failures: 'Failures',
  iterations: 'Iterations',
  numbers: 'Numbers',
  results: 'Results',
  outputs: 'Outputs',
  events: 'History',
  nodes: 'Nodes',
  parameters: 'Parameters',
};

export function JobTabs({ job, feed }: { readonly job: JobPageData; readonly feed: JobFeed }) {
  const { tab = 'tasks' } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (next: string | null) => {
    const known = TABS.find((one) => one === next) ?? 'tasks';
    void navigate({
      search: ({ tab: _tab, ...rest }) => (known === 'tasks' ? rest : { ...rest, tab: known }),
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <Tabs value={tab} onChange={choose} keepMounted={false}>
      <Tabs.List mb="md" style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
        {TABS.filter((one) => isShown(one, job)).map((one) => (
          <Tabs.Tab key={one} value={one} ref={one === tab ? scrollTo : null}>
            {TITLES[one]}
            {one === 'nodes' && job.nodes.length > 0 ? ` (${job.nodes.length})` : ''}
            {one === 'failures' && job.counts.failed > 0 ? ` (${number(job.counts.failed)})` : ''}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="tasks">
        <TasksTab job={job} feed={feed} />
      </Tabs.Panel>
      <Tabs.Panel value="failures">
        <FailuresTab job={job} />
      </Tabs.Panel>
      <Tabs.Panel value="iterations">
        <IterationsTab job={job} />
      </Tabs.Panel>
      <Tabs.Panel value="numbers">
        <NumbersTab job={job} />
      </Tabs.Panel>
      <Tabs.Panel value="results">
        <ResultsTab job={job} />
      </Tabs.Panel>
      <Tabs.Panel value="outputs">
        <OutputsTab job={job} />
      </Tabs.Panel>
      <Tabs.Panel value="events">
        <EventsTab job={job} feed={feed} />
      </Tabs.Panel>
      <Tabs.Panel value="nodes">
        <NodesTab job={job} />
      </Tabs.Panel>
      <Tabs.Panel value="parameters">
        <ParametersTab job={job} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** A phone has no room for all tabs: theirs scroll until the open one is seen, and the page stays. */
function scrollTo(tab: HTMLButtonElement | null): void {
  const list = tab?.parentElement;
  if (list) list.scrollLeft += Math.max(0, tab.getBoundingClientRect().right - list.getBoundingClientRect().right);
}

function isShown(tab: Tab, { maximumIterations, numbers, declaredOutputs }: JobPageData): boolean {
  if (tab === 'results') return declaredOutputs.some(({ kind }) => kind !== 'number');
  if (tab === 'iterations') return maximumIterations !== null;
  return tab !== 'numbers' || numbers.numbers.length > 0;
}
