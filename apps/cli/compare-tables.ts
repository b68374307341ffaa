import type { ComparedFile, FileVerdict } from '@kiln/client/compare-files';
import type { Comparison, Subject } from '@kiln/client/comparison';
import { took } from './screen/ago.ts';
import { type Piece, styled } from './screen/piece.ts';
import type { Column } from './screen/table.ts';

interface TextTable {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Piece[])[];
}

/** Status and parameters, those that differ or all. */
export function factsTable({ subjects, parameters }: Comparison, all: boolean): TextTable {
  const shown = parameters.filter(({ differs }) => all || differs);
  const status = ['status', ...subjects.map((subject) => subject.status)];
  return {
    columns: columnsOf(subjects, { title: '', shrinkTo: 12 }),
    rows: [status, ...shown.map(({ name, values }) => [name, ...values.map(valueText)])],
  };
}

export function timesTable({ subjects, times }: Comparison): TextTable {
  return {
    columns: columnsOf(subjects, { title: 'STAGE' }, 'right'),
    rows: times.map(({ name, values }) => [name, ...values.map((value) => (value === null ? '' : took(value)))]),
  };
}

/** Each number, and below it how the others differ from the first. */
export function numbersTable({ subjects, numbers }: Comparison): TextTable {
  return {
    columns: columnsOf(subjects, { title: 'NUMBER' }, 'right'),
    rows: numbers.flatMap(({ title, unit, values, differences }) => [
      [unit === null ? title : `${title} (${unit})`, ...values.map((value) => String(value ?? ''))],
      ['', ...differences.map((one, at) => (at === 0 || one === null ? '' : styled('quiet', differenceText(one))))],
    ]),
  };
}

export const FILE_COLUMNS: readonly Column[] = [{ title: 'FILE', shrinkTo: 20 }, { title: '' }];

const VERDICTS: Readonly<Record<Exclude<FileVerdict, 'some'>, string>> = {
  same: 'the same',
  different: 'different',
  unread: 'as long as each other, not read',
};

export function fileRows({ subjects }: Comparison, files: readonly ComparedFile[]): Piece[][] {
  return files.map(({ path, verdict, entries }) => {
    const having = subjects.filter((_, at) => entries[at] !== null).map(({ ref }) => ref);
    return [path, verdict === 'some' ? `only in ${having.join(', ')}` : VERDICTS[verdict]];
  });
}

function columnsOf(subjects: readonly Subject[], first: Column, align?: 'right'): Column[] {
  return [first, ...subjects.map(({ name }) => ({ title: name, ...(align && { align }) }))];
}

function differenceText({ absolute, relative }: { readonly absolute: number; readonly relative: number | null }): string {
  const sign = (value: number) => (value > 0 ? '+' : '');
  const amount = `${sign(absolute)}${Number(absolute.toPrecision(6))}`;
  return relative === null ? amount : `${amount} (${sign(relative)}${Number((100 * relative).toPrecision(3))} %)`;
}

function valueText(value: unknown): string {
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}
