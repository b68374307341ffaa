import type { ComparedFile, FileVerdict } from '@kiln/client/compare-files';
import type { Comparison, Subject } from '@kiln/client/comparison';
import { Text, Title } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { bytes, many, number } from '../../lib/time.ts';
import { Failure, Loading } from '../../parts/notice.tsx';
import classes from './compare.module.css';
import { ComparedTable, None } from './compared-table.tsx';
import { DiffPanel } from './diff-panel.tsx';
import { useComparedFiles } from './use-compared-files.ts';

const route = getRouteApi('/compare');
/** Rows of a table, beyond which a page gets slow. */
const MOST_ROWS = 300;

/** The files of all: which are the same, which differ, which only some have; and one of them line by line. */
export function FilesPanel({ comparison }: { readonly comparison: Comparison }) {
  const { found, error, retry } = useComparedFiles(comparison);
  const { file } = route.useSearch();
  const [opened, setOpened] = useState(false);
  const { subjects } = comparison;
  const same = found?.files.filter(({ verdict }) => verdict === 'same') ?? [];
  const others = found?.files.filter(({ verdict }) => verdict !== 'same') ?? [];
  const chosen = found?.files.find(({ path }) => path === file);
  return (
    <section className={`panel ${classes['section']}`} aria-labelledby="files">
      <Title order={2} id="files">
        Files
      </Title>
      {error !== null && <Failure error={error} retry={retry} />}
      {!found && error === null && <Loading what="the files" />}
      {found?.files.length === 0 && <Text size="sm">They have left no files yet.</Text>}
      {others.length > 0 && <FileTable label="Files that differ" subjects={subjects} files={others} />}
      {found && found.files.length > 0 && others.length === 0 && <Text size="sm">All files are the same.</Text>}
      {same.length > 0 && (
        <details open={opened} onToggle={(event) => setOpened(event.currentTarget.open)} className={classes['details']}>
          <summary>{many(same.length, 'file')} that are the same</summary>
          {opened && <FileTable label="Files that are the same" subjects={subjects} files={same} />}
        </details>
      )}
      {found?.cut && <Text size="sm">There are more files than were looked at.</Text>}
      {chosen && <DiffPanel key={chosen.path} subjects={subjects} file={chosen} />}
    </section>
  );
}

interface FileTableProps {
  readonly label: string;
  readonly subjects: readonly Subject[];
  readonly files: readonly ComparedFile[];
}

function FileTable({ label, subjects, files }: FileTableProps) {
  const rows = files.slice(0, MOST_ROWS).map((file) => ({
    key: file.path,
    name: <FileName file={file} />,
    cells: file.entries.map((entry) => (entry ? bytes(entry.size) : <None key={file.path} />)),
  }));
  return (
    <>
      <ComparedTable label={label} subjects={subjects} rows={rows} />
      {files.length > MOST_ROWS && (
        <Text size="sm">
          The first {number(MOST_ROWS)} of {number(files.length)}.
        </Text>
      )}
    </>
  );
}

const VERDICTS: Readonly<Record<FileVerdict, string>> = {
  same: 'the same',
  different: 'different',
  some: 'not in all',
  unread: 'as long as each other, not read',
};

/** A link where two have the file: it leads to how they differ. */
function FileName({ file: { path, entries, verdict } }: { readonly file: ComparedFile }) {
  const having = entries.filter((entry) => entry !== null).length;
  return (
    <span className={classes['fileName']}>
      {having > 1 && verdict !== 'same' ? (
        <Link
          from="/compare"
          to="."
          search={(search) => ({ ...search, file: path })}
          replace
          resetScroll={false}
          className={classes['link']}
        >
          {path}
        </Link>
      ) : (
        path
      )}
      <span className={classes['verdict']}>{VERDICTS[verdict]}</span>
    </span>
  );
}
