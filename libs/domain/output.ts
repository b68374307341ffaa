/** How a number is found in a file. */
export type NumberSource =
  /** In JSON, by keys and places in lists: `fit.errors.0`. */
  | { readonly kind: 'json'; readonly path: string }
  /** In a table: the value of a column, by its heading or its number from 1, in one of the rows. */
  | { readonly kind: 'column'; readonly column: string | number; readonly row: OutputRow }
  /** In text: what the first group of a regular expression matches, there where it matches last. */
  | { readonly kind: 'match'; readonly pattern: string };

export const OUTPUT_ROWS = ['first', 'last', 'minimum', 'maximum'] as const;
export type OutputRow = (typeof OUTPUT_ROWS)[number];

/** What each task leaves in its files, as its connector's author tells it. */
export type DeclaredOutput = DeclaredNumber | DeclaredFiles;

/** A number that Kiln reads from a file. */
export interface DeclaredNumber {
  readonly kind: 'number';
  readonly name: string;
  readonly title?: string;
  /** For people, such as `kJ/mol`. */
  readonly unit?: string;
  /** Relative to the task's output directory. */
  readonly file: string;
  readonly source: NumberSource;
}

export const FILE_KINDS = ['table', 'plot', 'image', 'text', 'file'] as const;
/** How files are shown. */
export type FileKind = (typeof FILE_KINDS)[number];

/** Files that are shown. */
export interface DeclaredFiles {
  readonly kind: FileKind;
  readonly name: string;
  readonly title?: string;
  /** Relative to the task's output directory; `*` and `?` stand for letters of a name. */
  readonly file: string;
  /** Of a plot: the heading or the number, from 1, of the column that goes across; the first one without it. */
  readonly x?: string | number;
  /** Of a plot: the columns that go up; all others without it. */
  readonly y?: readonly (string | number)[];
}

/** What a task's files gave, by name of the declared output; one that was not found is not there. */
export type Numbers = Readonly<Record<string, number>>;

/** Those that are numbers. */
export function numbersOf(outputs: readonly DeclaredOutput[]): readonly DeclaredNumber[] {
  return outputs.filter((output) => output.kind === 'number');
}

/** Those that are files. */
export function filesOf(outputs: readonly DeclaredOutput[]): readonly DeclaredFiles[] {
  return outputs.filter((output) => output.kind !== 'number');
}
