import { quoteAll, type Sweep, type Value } from '@kiln/domain';
import { compress } from './sweep-text.ts';

/** The `kiln submit` that does the same; what equals the form's default is left out. */
export function commandLine(
  connector: string,
  parameters: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): string {
  return quoteAll(['kiln', 'submit', connector, ...parameterWords(parameters, defaults)]);
}

export interface SweepInput {
  readonly connector: string;
  readonly over: unknown;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Null leaves it to Kiln. */
  readonly atMost: number | null;
}

/** The `kiln sweep submit` that does the same. */
export function sweepCommandLine(input: SweepInput, defaults: Readonly<Record<string, unknown>>): string {
  const { connector, over, parameters, atMost } = input;
  const limit = atMost === null ? [] : ['--at-most', String(atMost)];
  return quoteAll(['kiln', 'sweep', 'submit', connector, ...parameterWords(parameters, defaults), ...overWords(over), ...limit]);
}

/** The mutation of the same sweep, and its variables. */
export function sweepCall(input: SweepInput): { document: string; variables: string } {
  const document = [
    'mutation SubmitSweep($input: SubmitSweepInput!) {',
    '  submitSweep(input: $input) {',
    '    sweep { id directory }',
    '    problems { path code message }',
    '  }',
    '}',
  ].join('\n');
  return { document, variables: JSON.stringify({ input }, null, 2) };
}

function overWords(over: unknown): string[] {
  const texts = typeof over === 'object' && over !== null && !Array.isArray(over) ? Object.entries(over) : [];
  const plain =
    texts.length > 0 && texts.every(([name, text]) => !name.startsWith('$') && typeof text === 'string' && !text.trim().startsWith('['));
  return plain ? texts.flatMap(([name, text]) => ['--over', `${name}=${text}`]) : ['--over-json', JSON.stringify(over)];
}

function parameterWords(parameters: Readonly<Record<string, unknown>>, defaults: Readonly<Record<string, unknown>>): string[] {
  const words = Object.entries(parameters).flatMap(([name, value]) =>
    name === 'sweep' || !isValue(value) || value === defaults[name] ? [] : [`${name}=${value}`],
  );
  return [...words, ...sweepWords(parameters['sweep'], defaults['sweep'])];
}

/** The mutation of the same submission, and its variables. */
export function graphqlCall(connector: string, parameters: Readonly<Record<string, unknown>>): { document: string; variables: string } {
  const document = [
    'mutation Submit($input: SubmitJobInput!) {',
    '  submitJob(input: $input) {',
    '    job { id directory }',
    '    problems { path code message }',
    '  }',
    '}',
  ].join('\n');
  return { document, variables: JSON.stringify({ input: { connector, parameters } }, null, 2) };
}

function sweepWords(given: unknown, usual: unknown): string[] {
  if (!isSweep(given) || JSON.stringify(given) === JSON.stringify(usual)) return [];
  const entries = Object.entries(given);
  if (entries.length === 0) return isSweep(usual) && Object.keys(usual).length > 0 ? ['--set-json', '{"sweep":{}}'] : [];
  return entries.flatMap(([name, values]) => ['--sweep', `${name}=${sweepValues(values)}`]);
}

/** A comma list where that keeps the types, else JSON. */
function sweepValues(values: readonly Value[]): string {
  const plain =
    values.length > 0 && values.every((value) => typeof value === 'number' || (typeof value === 'string' && isPlainWord(value)));
  return plain ? compress(values, String).join(',') : JSON.stringify(values);
}

/** A word that the command line takes as text, whole. */
function isPlainWord(word: string): boolean {
  return /^[^\s,[\]":+\-\d][^\s,":]*$/.test(word);
}

function isValue(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

export function isSweep(value: unknown): value is Sweep {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((values) => Array.isArray(values) && values.every(isValue))
  );
}
