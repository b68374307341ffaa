import { useQuery } from '@apollo/client/react';
import { tailQuery } from '@kiln/client/documents';
import { useState } from 'react';
import type { Attempt } from '../../../lib/documents.ts';
import { Ago, Elapsed } from '../../../parts/ago.tsx';
import { Failure } from '../../../parts/notice.tsx';
import lists from '../lists.module.css';
import classes from './failures.module.css';

interface AttemptListProps {
  readonly jobId: string;
  readonly task: number;
  /** The first one first. */
  readonly attempts: readonly Attempt[];
  /** The log of this one is opened at once. */
  readonly last?: number;
}

/** How the attempts of a task went. */
export function AttemptList({ jobId, task, attempts, last }: AttemptListProps) {
  return (
    <ol className={classes['attempts']} aria-label={`Attempts of task ${task}`}>
      {attempts.map((attempt) => (
        <li key={attempt.attempt}>
          <AttemptLine attempt={attempt} />
          <Stderr jobId={jobId} task={task} attempt={attempt.attempt} opened={attempt.attempt === last} />
        </li>
      ))}
    </ol>
  );
}

function AttemptLine({ attempt: { attempt, node, failure, startedAt, endedAt } }: { readonly attempt: Attempt }) {
  return (
    <div className={classes['attempt']}>
      <strong>Attempt {attempt}</strong>
      <span>
        {failure && <span className="mono">{failure.code}</span>} {failure?.message}
      </span>
      <span className={classes['where']}>
        {node !== '' && `on ${node}`}
        {startedAt !== null && (
          <>
            {' '}
            · ran <Elapsed from={startedAt} to={endedAt} /> · <Ago at={startedAt} />
          </>
        )}
      </span>
    </div>
  );
}

interface StderrProps {
  readonly jobId: string;
  readonly task: number;
  readonly attempt: number;
  readonly opened: boolean;
}

function Stderr({ opened: first, ...log }: StderrProps) {
  const [opened, setOpened] = useState(first);
  return (
    <details open={opened} onToggle={({ currentTarget }) => setOpened(currentTarget.open)}>
      <summary>Last lines of stderr</summary>
      {opened && <Tail {...log} />}
    </details>
  );
}

function Tail({ jobId, task, attempt }: Omit<StderrProps, 'opened'>) {
  const { data, error, refetch } = useQuery(tailQuery, {
    variables: { id: jobId, task, attempt, stream: 'STDERR', lines: 20 },
    fetchPolicy: 'no-cache',
  });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  const text = data?.job?.task?.logTail;
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      role="group"
      aria-label={`End of stderr of attempt ${attempt}`}
      className={lists['logText']}
    >
      {text || <span className={lists['dim']}>{text === '' ? 'Nothing was written.' : 'Loading…'}</span>}
    </pre>
  );
}
