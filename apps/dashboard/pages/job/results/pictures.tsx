import type { TaskFiles } from '@kiln/client/found-output';
import classes from './results.module.css';
import { nameOfTask, TaskLink } from './task-name.tsx';

/** Pictures of all tasks side by side; each opens in its own size. */
export function Pictures({ tasks }: { readonly tasks: readonly TaskFiles[] }) {
  return (
    <ul className={classes['pictures']} aria-label="Pictures">
      {tasks.flatMap((task) =>
        task.files.map(({ name, path, url, modifiedAt }) => (
          <li key={path} className="panel">
            <a href={url ?? undefined} target="_blank" rel="noreferrer">
              <img src={`${url}?${modifiedAt}`} alt={`${name} of ${nameOfTask(task)}`} loading="lazy" />
            </a>
            <p>
              <TaskLink task={task} />
              {task.files.length > 1 && <span className={classes['dim']}>{name}</span>}
            </p>
          </li>
        )),
      )}
    </ul>
  );
}
