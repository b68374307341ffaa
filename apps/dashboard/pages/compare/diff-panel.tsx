import type { ComparedFile } from '@kiln/client/compare-files';
import type { Subject } from '@kiln/client/comparison';
import { MOST_DIFFED, type TextDiff, textDiff } from '@kiln/client/text-diff';
import { NativeSelect, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { readBytes } from '../../lib/read-bytes.ts';
import { bytes } from '../../lib/time.ts';
import { Failure, Loading } from '../../parts/notice.tsx';
import classes from './compare.module.css';
import { DiffLines } from './diff-lines.tsx';

interface DiffPanelProps {
  readonly subjects: readonly Subject[];
  /** At least two have it. */
  readonly file: ComparedFile;
}

/** How a file of one differs from that of another. */
export function DiffPanel({ subjects, file }: DiffPanelProps) {
  const having = subjects.flatMap(({ ref, name }, at) => {
    const entry = file.entries[at];
    return entry ? [{ ref, name, entry }] : [];
  });
  const [from, setFrom] = useState(having[0]?.ref ?? '');
  const [to, setTo] = useState(having[1]?.ref ?? '');
  const [a, b] = [from, to].map((ref) => having.find((one) => one.ref === ref));
  const choices = having.map(({ ref, name }) => ({ value: ref, label: name }));
  return (
    <section aria-labelledby="diff" className={classes['diff']}>
      <Title order={3} id="diff" style={{ overflowWrap: 'anywhere' }}>
        {file.path}
      </Title>
      {having.length > 2 && (
        <div className={classes['pair']}>
          <NativeSelect size="xs" label="From" data={choices} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          <NativeSelect size="xs" label="To" data={choices} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
        </div>
      )}
      {a && b && <Diff key={`${a.ref} ${b.ref}`} a={a} b={b} />}
    </section>
  );
}

interface Side {
  readonly name: string;
  readonly entry: NonNullable<ComparedFile['entries'][number]>;
}

function Diff({ a, b }: { readonly a: Side; readonly b: Side }) {
  const tooLong = Math.max(a.entry.size, b.entry.size) > MOST_DIFFED;
  const { diff, error } = useDiff(a, b, tooLong);
  if (tooLong) return <Text size="sm">Files of more than {bytes(MOST_DIFFED)} are not compared line by line.</Text>;
  if (error !== null) return <Failure error={error} />;
  if (!diff) return <Loading what="the files" />;
  if (diff.kind === 'lines') return <DiffLines patch={diff.patch} />;
  return <Text size="sm">{WORDS[diff.kind]}</Text>;
}

const WORDS: Readonly<Record<Exclude<TextDiff['kind'], 'lines'>, string>> = {
  same: 'They are the same.',
  binary: 'They are not text.',
  unlike: 'They differ in too many lines to tell how.',
};

function useDiff(a: Side, b: Side, skip: boolean) {
  const [diff, setDiff] = useState<TextDiff | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [from, to] = [a.entry.url ?? '', b.entry.url ?? ''];
  const [left, right] = [a.name, b.name];
  useEffect(() => {
    if (skip) return undefined;
    const stopped = new AbortController();
    Promise.all([from, to].map((url) => readBytes(url, MOST_DIFFED, stopped.signal))).then(
      ([one, other]) => one && other && setDiff(textDiff({ name: left, bytes: one.bytes }, { name: right, bytes: other.bytes })),
      (trouble: unknown) => !stopped.signal.aborted && setError(trouble),
    );
    return () => stopped.abort();
  }, [from, to, left, right, skip]);
  return { diff, error };
}
