import type { TaskFiles } from '@kiln/client/found-output';
import { useState } from 'react';
import { FilePreview } from '../file-preview.tsx';
import classes from './results.module.css';
import { TaskLink } from './task-name.tsx';

interface ContentsProps {
  readonly tasks: readonly TaskFiles[];
  /** The first one is shown at once. */
  readonly open: boolean;
}

/** Files of all tasks one below the other; each is read when it is opened. */
export function Contents({ tasks, open }: ContentsProps) {
  return tasks.map((task, at) => (
    <section key={task.task} className={classes['task']}>
      <h2>
        <TaskLink task={task} />
      </h2>
      {task.files.map((file, index) => (
        <File key={file.path} file={file} open={open && at === 0 && index === 0} />
      ))}
    </section>
  ));
}

function File({ file, open }: { readonly file: TaskFiles['files'][number]; readonly open: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <details open={shown} onToggle={({ currentTarget }) => setShown(currentTarget.open)}>
      <summary>{file.name}</summary>
      {shown && file.url !== null && <FilePreview key={file.modifiedAt} entry={file} url={file.url} />}
    </details>
  );
}
