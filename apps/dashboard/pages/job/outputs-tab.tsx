import { useQuery } from '@apollo/client/react';
import { outputsQuery } from '@kiln/client/documents';
import { hasEnded } from '@kiln/domain';
import { Breadcrumbs, Button } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { JobPageData, OutputEntry } from '../../lib/documents.ts';
import { bytes } from '../../lib/time.ts';
import { Ago } from '../../parts/ago.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Empty, Failure, Loading } from '../../parts/notice.tsx';
import { FilePreview } from './file-preview.tsx';
import classes from './lists.module.css';
import { useRefetchOn } from './use-refetch-on.ts';

const route = getRouteApi('/jobs/$id');

/** The job's output directory, wherever it is. */
export function OutputsTab({ job }: { readonly job: JobPageData }) {
  const { path = '', file } = route.useSearch();
  const { data, error, loading, refetch } = useQuery(outputsQuery, {
    variables: { id: job.id, path },
    fetchPolicy: 'no-cache',
    notifyOnNetworkStatusChange: true,
  });
  useRefetchOn(`${job.stage} ${job.status} ${job.iteration}`, refetch);
  const entries = data?.job?.outputs;
  const previewed = entries?.find((entry) => entry.path === file);
  return (
    <>
      <div className={classes['bar']}>
        <Path job={job} path={path} />
        <div className={classes['barEnd']}>
          <Button
            component="a"
            href={`/files/jobs/${[job.id, ...path.split('/').filter(Boolean)].map(encodeURIComponent).join('/')}?tar`}
            download
            size="compact-sm"
            variant="default"
          >
            Download folder
          </Button>
          <Button size="compact-sm" variant="default" loading={loading && entries !== undefined} onClick={() => void refetch()}>
            Refresh
          </Button>
        </div>
      </div>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!entries && loading && <Loading what="outputs" />}
      {entries?.length === 0 && (
        <Empty title="Nothing here yet">
          {hasEnded(job.status)
            ? 'The job left nothing in this folder.'
            : 'What tasks leave is here once they have begun, and comes home when they have ended.'}
        </Empty>
      )}
      {entries && entries.length > 0 && (
        <div className={classes['split']} data-open={previewed !== undefined}>
          <Entries entries={entries} selected={file} />
          {previewed?.url && <FilePreview key={`${previewed.path} ${previewed.modifiedAt}`} entry={previewed} url={previewed.url} />}
        </div>
      )}
    </>
  );
}

function Path({ job, path }: { readonly job: JobPageData; readonly path: string }) {
  const names = path === '' ? [] : path.split('/');
  return (
    <nav aria-label="Folder">
      <Breadcrumbs separatorMargin={6} style={{ flexWrap: 'wrap' }}>
        <FolderLink path="">{job.output.path}</FolderLink>
        {names.map((name, index) => (
          <FolderLink key={names.slice(0, index + 1).join('/')} path={names.slice(0, index + 1).join('/')}>
            {name}
          </FolderLink>
        ))}
      </Breadcrumbs>
    </nav>
  );
}

function FolderLink({ path, children }: { readonly path: string; readonly children: string }) {
  return (
    <Link
      from="/jobs/$id"
      to="."
      search={({ file: _file, path: _path, ...rest }) => (path === '' ? rest : { ...rest, path })}
      resetScroll={false}
      className={classes['link']}
    >
      {children}
    </Link>
  );
}

function Entries({ entries, selected }: { readonly entries: readonly OutputEntry[]; readonly selected: string | undefined }) {
  const sorted = [...entries].sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name, undefined, { numeric: true }));
  return (
    <ul className={`panel ${classes['files']}`} aria-label="Files and folders">
      {sorted.map((entry) => (
        <li key={entry.path} className={classes['file']} data-selected={entry.path === selected}>
          <Icon name={entry.kind === 'DIRECTORY' ? 'folder' : 'file'} />
          {entry.kind === 'DIRECTORY' ? (
            <FolderLink path={entry.path}>{entry.name}</FolderLink>
          ) : (
            <Link
              from="/jobs/$id"
              to="."
              search={(search) => ({ ...search, file: entry.path })}
              replace
              resetScroll={false}
              className={classes['link']}
            >
              {entry.name}
            </Link>
          )}
          {entry.node !== null && <span className={classes['when']}>on {entry.node}</span>}
          <span className={classes['size']}>{entry.kind === 'FILE' && bytes(entry.size)}</span>
          <span className={classes['when']}>{entry.modifiedAt !== null && <Ago at={entry.modifiedAt} />}</span>
          {entry.url !== null && (
            <a href={`${entry.url}?download`} download={entry.name} aria-label={`Download ${entry.name}`} className={classes['get']}>
              <Icon name="download" />
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}
