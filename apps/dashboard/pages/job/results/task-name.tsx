import type { TaskFiles } from '@kiln/client/found-output';
import { Link } from '@tanstack/react-router';
import classes from './results.module.css';

/** `Task 7: n 0.5, word x`. */
export function nameOfTask({ task, values }: Pick<TaskFiles, 'task' | 'values'>): string {
  const point = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  return `Task ${task}${point.length > 0 ? `: ${point.join(', ')}` : ''}`;
}

/** Leads to the task. */
export function TaskLink({ task }: { readonly task: TaskFiles }) {
  return (
    <Link from="/jobs/$id" to="." search={({ tab: _tab, ...rest }) => ({ ...rest, task: task.task })} className={classes['link']}>
      {nameOfTask(task)}
    </Link>
  );
}
