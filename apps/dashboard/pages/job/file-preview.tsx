import { Anchor, Title } from '@mantine/core';
import type { OutputEntry } from '../../lib/documents.ts';
import { bytes } from '../../lib/time.ts';
import { Icon } from '../../parts/icon.tsx';
import { type FileKind, kindOf } from './file-kind.ts';
import classes from './lists.module.css';
import { TextPreview } from './text-preview.tsx';

type Previewed = Pick<OutputEntry, 'name' | 'size'> & Partial<Pick<OutputEntry, 'node'>>;

/** What is in a file, as far as a page can show it. */
export function FilePreview({ entry, url }: { readonly entry: Previewed; readonly url: string }) {
  const kind = kindOf(entry.name);
  return (
    <section aria-label={`Preview of ${entry.name}`} className={`panel ${classes['taskPanel']}`}>
      <div className={classes['taskTitle']}>
        <Title order={2} style={{ overflowWrap: 'anywhere' }}>
          {entry.name}
        </Title>
        <span className={classes['dim']}>{bytes(entry.size)}</span>
        {entry.node && <span className={classes['dim']}>on {entry.node}, its task is not home yet</span>}
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
      <Contents entry={entry} url={url} kind={kind} />
    </section>
  );
}

function Contents({ entry, url, kind }: { readonly entry: Previewed; readonly url: string; readonly kind: FileKind }) {
  if (kind === 'image') return <img src={url} alt={`Contents of ${entry.name}`} className={classes['picture']} />;
  if (kind !== 'pdf') return <TextPreview url={url} kind={kind} />;
  return (
    <p className={classes['dim']}>
      <Anchor href={url} target="_blank" rel="noreferrer" size="sm" underline="always">
        Open the PDF in a tab of its own
      </Anchor>
    </p>
  );
}
