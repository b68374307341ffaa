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

/** A number that each task leaves in a file, and that Kiln reads from there. */
export interface DeclaredOutput {
  readonly name: string;
  readonly title?: string;
  /** For people, such as `kJ/mol`. */
  readonly unit?: string;
  /** Relative to the task's output directory. */
  readonly file: string;
  readonly source: NumberSource;
}

/** What a task's files gave, by name of the declared output; one that was not found is not there. */
export type Numbers = Readonly<Record<string, number>>;
