import { useQuery } from '@apollo/client/react';
import { platformQuery } from '@kiln/client/platform-documents';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { troubleOf } from '../../lib/trouble.ts';
import { Page } from '../../parts/page.tsx';
import { NotFound } from '../trouble/not-found.tsx';
import { droppedFiles, type NamedFile } from './dropped.ts';
import classes from './files.module.css';
import { FilesBar } from './files-bar.tsx';
import { FilesView } from './files-view.tsx';
import { UploadList } from './upload-list.tsx';
import { Uploads } from './uploads.ts';
import { useStorageFiles } from './use-storage-files.ts';

const route = getRouteApi('/platforms/$name/files');

export function FilesPage() {
  const { name } = route.useParams();
  return (
    <Page
      name={`Files of ${name}`}
      heading={
        <>
          <Link to="/platforms/$name" params={{ name }} className={classes['up']}>
            {name}
          </Link>{' '}
          files
        </>
      }
    >
      <Files key={name} storage={name} />
    </Page>
  );
}

function Files({ storage }: { readonly storage: string }) {
  const { path = '', file, search = '' } = route.useSearch();
  const files = useStorageFiles(storage, path, search);
  const writable = useWritable(storage);
  const [arrivals, setArrivals] = useState(0);
  const [uploads] = useState(() => new Uploads(storage, () => setArrivals((count) => count + 1)));
  const [over, setOver] = useState(false);
  useEffect(() => () => uploads.close(), [uploads]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has arrived since is shown, soon after many have
  useEffect(() => {
    if (arrivals === 0) return undefined;
    const timer = setTimeout(files.reload, 300);
    return () => clearTimeout(timer);
  }, [arrivals]);
  const add = (given: readonly NamedFile[]) =>
    uploads.add(given.map((one) => ({ file: one.file, path: path === '' ? one.path : `${path}/${one.path}` })));
  if (files.error && troubleOf(files.error).code === 'NOT_FOUND' && path === '') return <NotFound what={troubleOf(files.error).message} />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a short cut; the buttons above do the same
    <div
      className={classes['drop']}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(writable);
      }}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(false)} // where the pointer went
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (writable) void droppedFiles(event.dataTransfer).then(add);
      }}
    >
      <FilesBar
        storage={storage}
        path={path}
        search={search}
        loading={files.loading}
        onRefresh={files.reload}
        onFiles={writable ? add : null}
      />
      <UploadList uploads={uploads} />
      <FilesView {...files} file={file} searching={search !== ''} uploads={writable} />
    </div>
  );
}

/** Of web servers Kiln only reads. */
function useWritable(storage: string): boolean {
  const { data } = useQuery(platformQuery, { variables: { name: storage } });
  return data?.platform != null && data.platform.url === null;
}
