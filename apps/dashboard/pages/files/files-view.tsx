import { Button } from '@mantine/core';
import { number } from '../../lib/time.ts';
import { Empty, Failure, Loading } from '../../parts/notice.tsx';
import { FilePreview } from '../job/file-preview.tsx';
import { FileTable } from './file-table.tsx';
import classes from './files.module.css';
import type { useStorageFiles } from './use-storage-files.ts';

interface FilesViewProps extends ReturnType<typeof useStorageFiles> {
  readonly file: string | undefined;
  readonly searching: boolean;
  readonly uploads: boolean;
}

/** What is in the folder, and beside it the file that is looked at. */
export function FilesView({ page, error, loading, reload, more, file, searching, uploads }: FilesViewProps) {
  if (error) return <Failure error={error} retry={reload} />;
  if (!page) return loading ? <Loading what="files" /> : null;
  const { entries, total, endCursor } = page;
  const previewed = entries.find(({ path }) => path === file);
  if (entries.length === 0) {
    return (
      <Empty title="Nothing is here">
        {searching ? 'No name here has this in it.' : uploads && 'Drop files or folders here to upload them.'}
      </Empty>
    );
  }
  return (
    <div className={classes['split']} data-open={previewed !== undefined}>
      <div className={classes['list']}>
        <FileTable entries={entries} selected={file} />
        <div className={classes['foot']}>
          {number(entries.length)} of {number(total)}
          {endCursor !== null && (
            <Button size="compact-sm" variant="default" loading={loading} onClick={more}>
              Show more
            </Button>
          )}
        </div>
      </div>
      {previewed?.url && <FilePreview key={`${previewed.path} ${previewed.modifiedAt}`} entry={previewed} url={previewed.url} />}
    </div>
  );
}
