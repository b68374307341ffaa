import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Failure, Loading } from '../../parts/notice.tsx';
import { DelimitedPreview } from './delimited-preview.tsx';
import { FIRST_READ, type FileKind, pretty, type ReadText, readText } from './file-kind.ts';
import classes from './lists.module.css';

/** A page with more text than this is slow; bytes. */
const MOST_SHOWN = 8 * 1024 * 1024;

/** The beginning of a file as text, as a table or as what it is, and more of it or its end on demand. */
export function TextPreview({ url, kind }: { readonly url: string; readonly kind: FileKind }) {
  const [most, setMost] = useState(FIRST_READ);
  const [end, setEnd] = useState(false);
  const [read, setRead] = useState<ReadText | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const controller = new AbortController();
    readText(url, end ? -FIRST_READ : most, controller.signal).then(
      setRead,
      (trouble: unknown) => !controller.signal.aborted && setError(trouble),
    );
    return () => controller.abort();
  }, [url, most, end]);
  if (error !== null) return <Failure error={error} />;
  if (!read) return <Loading what="the file" />;
  if (read.binary) return <p className={classes['dim']}>This is not text. Download it to open it.</p>;
  if (read.text === '') return <p className={classes['dim']}>The file is empty.</p>;
  return (
    <>
      {!end && (kind === 'csv' || kind === 'tsv') ? (
        <DelimitedPreview text={read.text} delimiter={kind === 'csv' ? ',' : '\t'} cut={read.cut} />
      ) : (
        /* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */
        <pre tabIndex={0} role="group" aria-label="Contents" className={classes['logText']}>
          {kind === 'json' && !read.cut ? pretty(read.text) : read.text}
        </pre>
      )}
      {read.cut && (
        <p className={classes['dim']}>
          The {end ? 'end' : 'beginning'} of the file; the download has all of it.{' '}
          {!end && most < MOST_SHOWN && (
            <Button size="compact-xs" variant="default" onClick={() => setMost(most * 4)}>
              Load more
            </Button>
          )}{' '}
          <Button size="compact-xs" variant="default" onClick={() => setEnd(!end)}>
            {end ? 'Show the beginning' : 'Show the end'}
          </Button>
        </p>
      )}
    </>
  );
}
