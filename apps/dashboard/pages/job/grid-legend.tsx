import type { TaskState } from '@kiln/domain';
import { UnstyledButton } from '@mantine/core';
import { TASK_LOOK } from '../../lib/status.ts';
import { many, number } from '../../lib/time.ts';
import { Icon } from '../../parts/icon.tsx';
import { CELL_STATES, countStates, letterOf } from './grid.ts';
import classes from './job.module.css';
import type { JobFeed } from './job-feed.ts';
import { useFeedVersion } from './use-job-feed.ts';

interface GridLegendProps {
  readonly feed: JobFeed;
  readonly chosen: readonly TaskState[];
  onChoose(states: readonly TaskState[]): void;
}

/** What the colours mean, with counts; each is a filter for the table. */
export function GridLegend({ feed, chosen, onChoose }: GridLegendProps) {
  useFeedVersion(feed);
  const counts = countStates(feed.grid);
  const toggle = (state: TaskState) => onChoose(chosen.includes(state) ? chosen.filter((one) => one !== state) : [...chosen, state]);
  return (
    <div role="group" aria-label={`Filter ${many(feed.grid.states.length, 'task')} by state`} className={classes['legend']}>
      {CELL_STATES.map((state) => (
        <UnstyledButton
          key={state}
          aria-pressed={chosen.includes(state)}
          className={classes['legendItem']}
          disabled={counts[state] === 0 && !chosen.includes(state)}
          onClick={() => toggle(state)}
        >
          <span style={{ color: TASK_LOOK[state].color }}>
            <Icon name={TASK_LOOK[state].icon} size={12} />
          </span>
          {TASK_LOOK[state].label} {state !== 'succeeded' && <span className={classes['letter']}>({letterOf(state).toUpperCase()})</span>}
          <strong className="tabular">{number(counts[state])}</strong>
        </UnstyledButton>
      ))}
    </div>
  );
}
