import { Button } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { bytes, many, number } from '../../lib/time.ts';
import { troubleOf } from '../../lib/trouble.ts';
import classes from './files.module.css';
import type { UploadItem, Uploads } from './uploads.ts';

/** So many rows are shown; a folder may have thousands of files. */
const MOST_ROWS = 30;
const WORDS: Readonly<Record<UploadItem['state'], string>> = {
  waiting: 'Waiting',
  sending: 'Uploading',
  done: 'Done',
  failed: 'Failed',
  stopped: 'Stopped',
};

/** How far uploads are, and what can be done about each. */
export function UploadList({ uploads }: { readonly uploads: Uploads }) {
  const items = useSyncExternalStore(uploads.subscribe, uploads.items);
  if (items.length === 0) return null;
  const open = items.filter(({ state }) => state !== 'done');
  const done = items.length - open.length;
  const running = open.some(({ state }) => state === 'waiting' || state === 'sending');
  return (
    <section aria-label="Uploads" className={`panel ${classes['uploads']}`}>
      <div className={classes['uploadBar']}>
        <strong role="status">
          {number(done)} of {many(items.length, 'file')} uploaded
        </strong>
        {!running && (
          <Button size="compact-xs" variant="default" onClick={() => uploads.clear()}>
            Clear the list
          </Button>
        )}
      </div>
      <ul className={classes['uploadRows']}>
        {open.slice(0, MOST_ROWS).map((item) => (
          <Row key={item.id} item={item} uploads={uploads} />
        ))}
      </ul>
      {open.length > MOST_ROWS && <p className={classes['dim']}>and {many(open.length - MOST_ROWS, 'file')} more</p>}
    </section>
  );
}

function Row({ item: { id, path, file, sent, state, error }, uploads }: { readonly item: UploadItem; readonly uploads: Uploads }) {
  const under = state === 'waiting' || state === 'sending';
  return (
    <li className={classes['upload']}>
      <span className={classes['uploadName']}>{path}</span>
      <progress aria-label={`${path}: ${WORDS[state]}`} value={sent} max={Math.max(1, file.size)} />
      <span className={classes['uploadSize']}>
        {WORDS[state]} · {bytes(sent)} of {bytes(file.size)}
      </span>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`${under ? 'Stop' : state === 'failed' ? 'Try again:' : 'Resume'} ${path}`}
        onClick={() => (under ? uploads.stop(id) : uploads.resume(id))}
      >
        {under ? 'Stop' : state === 'failed' ? 'Try again' : 'Resume'}
      </Button>
      {state === 'failed' && (
        <span role="alert" className={classes['uploadError']}>
          {troubleOf(error).message}
        </span>
      )}
    </li>
  );
}
