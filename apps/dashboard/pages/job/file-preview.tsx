import { Anchor, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { OutputEntry } from '../../lib/documents.ts';
import { bytes } from '../../lib/time.ts';
import { Icon } from '../../parts/icon.tsx';
import { Failure, Loading } from '../../parts/notice.tsx';
import { DelimitedTable } from './delimited-table.tsx';
import { kindOf, pretty, type ReadText, readText } from './file-kind.ts';
import classes from './lists.module.css';

/** What is in a file, as far as a page can show it. */
export function FilePreview({ entry, url }: { readonly entry: OutputEntry; readonly url: string }) {
  const kind = kindOf(entry.name);
  return (
    <section aria-label={`Preview of ${entry.name}`} className={`panel ${classes['taskPanel']}`}>
      <div className={classes['taskTitle']}>
        <Title order={2} style={{ overflowWrap: 'anywhere' }}>
          {entry.name}
        </Title>
        <span className={classes['dim']}>{bytes(entry.size)}</span>
        <Anchor
          href={`${url}?download`}
          download={entry.name}
          size="sm"
          ml="auto"
          underline="always"
          style={{ display: 'inline-flex', gap: 6, alignItems: 'center' }}
        >
          <Icon name="download" size={12} />
          Download
        </Anchor>
      </div>
      {kind === 'image' ? (
        <img src={url} alt={`Contents of ${entry.name}`} className={classes['picture']} />
      ) : (
        <Text url={url} kind={kind} />
      )}
    </section>
  );
}

function Text({ url, kind }: { readonly url: string; readonly kind: ReturnType<typeof kindOf> }) {
  const [read, setRead] = useState<ReadText | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const controller = new AbortController();
    readText(url, controller.signal).then(setRead, (trouble: unknown) => !controller.signal.aborted && setError(trouble));
    return () => controller.abort();
  }, [url]);
  if (error !== null) return <Failure error={error} />;
  if (!read) return <Loading what="the file" />;
  if (read.binary) return <p className={classes['dim']}>This is not text. Download it to open it.</p>;
  if (read.text === '') return <p className={classes['dim']}>The file is empty.</p>;
  return (
    <>
      {read.cut && <p className={classes['dim']}>The beginning of the file; the download has all of it.</p>}
      {kind === 'csv' || kind === 'tsv' ? (
        <DelimitedTable text={read.text} delimiter={kind === 'csv' ? ',' : '\t'} />
      ) : (
        /* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */
        <pre tabIndex={0} role="group" aria-label="Contents" className={classes['logText']}>
          {kind === 'json' && !read.cut ? pretty(read.text) : read.text}
        </pre>
      )}
    </>
  );
}
