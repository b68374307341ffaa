import type { Subject } from '@kiln/client/comparison';
import { JOB_STATUSES, TASK_STATES } from '@kiln/domain';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Icon } from '../../parts/icon.tsx';
import { JobStatusLabel, TaskStateLabel } from '../../parts/status.tsx';
import classes from './compare.module.css';

const route = getRouteApi('/compare');

/** What is compared; each can be left out, but for the last. */
export function SubjectList({ subjects }: { readonly subjects: readonly Subject[] }) {
  const { file } = route.useSearch();
  return (
    <ul className={classes['subjects']} aria-label="What is compared">
      {subjects.map((subject) => (
        <li key={subject.ref} className="panel">
          <SubjectLink subject={subject} />
          <Status subject={subject} />
          {subjects.length > 1 && (
            <Link
              to="/compare"
              search={{ jobs: refsWithout(subjects, subject), ...(file !== undefined && { file }) }}
              aria-label={`Leave out ${subject.name}`}
              className={classes['quietLink']}
            >
              <Icon name="cross" size={11} />
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

export function SubjectLink({ subject: { job, task, name } }: { readonly subject: Subject }) {
  return (
    <Link to="/jobs/$id" params={{ id: job }} search={task === null ? {} : { task }} className={classes['link']}>
      {name}
    </Link>
  );
}

function Status({ subject: { task, status } }: { readonly subject: Subject }) {
  const ofJob = JOB_STATUSES.find((one) => one === status);
  const ofTask = TASK_STATES.find((one) => one === status);
  return task === null ? ofJob && <JobStatusLabel status={ofJob} /> : ofTask && <TaskStateLabel state={ofTask} />;
}

function refsWithout(subjects: readonly Subject[], left: Subject): string {
  return subjects
    .filter(({ ref }) => ref !== left.ref)
    .map(({ ref }) => ref)
    .join(',');
}
