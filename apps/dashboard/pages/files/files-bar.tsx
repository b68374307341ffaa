import { Breadcrumbs, Button } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { SearchInput } from '../../parts/search-input.tsx';
import type { NamedFile } from './dropped.ts';
import classes from './files.module.css';
import { FolderLink } from './folder-link.tsx';
import { UploadButtons } from './upload-buttons.tsx';

const route = getRouteApi('/platforms/$name/files');

interface FilesBarProps {
  readonly storage: string;
  readonly path: string;
  readonly search: string;
  readonly loading: boolean;
  onRefresh(): void;
  /** Null where nothing is uploaded. */
  readonly onFiles: ((files: NamedFile[]) => void) | null;
}

/** Where one is, and what can be done there. */
export function FilesBar({ storage, path, search, loading, onRefresh, onFiles }: FilesBarProps) {
  const navigate = route.useNavigate();
  const names = path === '' ? [] : path.split('/');
  const address = [storage, ...names].map(encodeURIComponent).join('/');
  return (
    <>
      <nav aria-label="Folder" className={classes['crumbs']}>
        <Breadcrumbs separatorMargin={6} style={{ flexWrap: 'wrap' }}>
          <FolderLink path="">{storage}</FolderLink>
          {names.map((name, at) => (
            <FolderLink key={names.slice(0, at + 1).join('/')} path={names.slice(0, at + 1).join('/')}>
              {name}
            </FolderLink>
          ))}
        </Breadcrumbs>
      </nav>
      <div className={classes['bar']}>
        <SearchInput
          label="Search in this folder"
          value={search}
          onChange={(text) =>
            void navigate({
              search: ({ search: _search, ...rest }) => (text === '' ? rest : { ...rest, search: text }),
              replace: true,
              resetScroll: false,
            })
          }
        />
        <div className={classes['actions']}>
          {onFiles && <UploadButtons onFiles={onFiles} />}
          <Button component="a" href={`/files/storages/${address}?tar`} download size="compact-sm" variant="default">
            Download folder
          </Button>
          <Button size="compact-sm" variant="default" loading={loading} onClick={onRefresh}>
            Refresh
          </Button>
        </div>
      </div>
    </>
  );
}
