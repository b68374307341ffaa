import { Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { OutputEntry } from '../../lib/documents.ts';
import { bytes } from '../../lib/time.ts';
import { Ago } from '../../parts/ago.tsx';
import { Icon } from '../../parts/icon.tsx';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import classes from './files.module.css';
import { FolderLink } from './folder-link.tsx';

export function FileTable({ entries, selected }: { readonly entries: readonly OutputEntry[]; readonly selected: string | undefined }) {
  return (
    <ScrollBox className={`panel ${classes['table']}`} label="Files and folders">
      <Table verticalSpacing={5} aria-label="Files and folders" className="tabular">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th ta="end">Size</Table.Th>
            <Table.Th className={classes['when']}>Changed</Table.Th>
            <Table.Th>
              <span className={classes['unseen']}>Download</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Row key={entry.path} entry={entry} selected={entry.path === selected} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollBox>
  );
}

function Row({ entry, selected }: { readonly entry: OutputEntry; readonly selected: boolean }) {
  const { kind, name, path, size, modifiedAt, url } = entry;
  return (
    <Table.Tr className={classes['row']} data-selected={selected}>
      <Table.Td>
        <span className={classes['name']}>
          <Icon name={kind === 'DIRECTORY' ? 'folder' : 'file'} />
          {kind === 'DIRECTORY' ? (
            <FolderLink path={path}>{name}</FolderLink>
          ) : (
            <Link
              from="/platforms/$name/files"
              to="."
              search={(search) => ({ ...search, file: path })}
              replace
              resetScroll={false}
              className={classes['link']}
            >
              {name}
            </Link>
          )}
        </span>
      </Table.Td>
      <Table.Td ta="end" className={classes['fixed']}>
        {kind === 'FILE' && bytes(size)}
      </Table.Td>
      <Table.Td className={`${classes['when']} ${classes['fixed']}`}>{modifiedAt !== null && <Ago at={modifiedAt} />}</Table.Td>
      <Table.Td>
        {url !== null && (
          <a href={`${url}?download`} download={name} aria-label={`Download ${name}`} className={classes['get']}>
            <Icon name="download" />
          </a>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
