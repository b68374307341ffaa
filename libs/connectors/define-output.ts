import type { DeclaredFiles, DeclaredOutput, NumberSource } from '@kiln/domain';
import { relativeProblem } from './code-results.ts';
import type { RawOutput } from './definition.ts';
import { parameterNameProblem } from './names.ts';
import { patternProblem } from './numbers.ts';

type Complain = (message: string) => void;

/** The output that its author describes; `taken` are names of parameters. What is wrong is added to `wrong`, as sentences. */
export function outputOf(name: string, raw: RawOutput, taken: readonly string[], wrong: string[]): DeclaredOutput | null {
  const complain = (message: string) => wrong.push(`outputs.${name}${message}`);
  const badName = parameterNameProblem(name);
  if (badName) complain(`: ${badName}`);
  if (['task', ...taken].includes(name)) complain(' has the name of something else that tasks are told by; choose another.');
  const badPath = relativeProblem(raw.file);
  if (badPath) complain(`.file ${badPath}.`);
  return raw.kind === undefined || raw.kind === 'number' ? numberOf(name, raw, complain) : filesOf(name, raw, raw.kind, complain);
}

function numberOf(name: string, raw: RawOutput, complain: Complain): DeclaredOutput | null {
  const sources = sourcesOf(raw);
  const [source] = sources;
  if (!source || sources.length > 1) {
    complain(' needs one of `json`, `column` and `match`, which says where the number is; what is no number needs a `kind`.');
  }
  if (raw.row !== undefined && raw.column === undefined) complain('.row is for a `column` only.');
  for (const key of ['x', 'y'] as const) if (raw[key] !== undefined) complain(`.${key} is for a \`plot\` only.`);
  const badPattern = raw.match === undefined ? null : patternProblem(raw.match);
  if (badPattern) complain(`.match ${badPattern}.`);
  if (!source) return null;
  const { title, unit, file } = raw;
  return { kind: 'number', name, ...(title !== undefined && { title }), ...(unit !== undefined && { unit }), file, source };
}

const OF_NUMBERS = ['json', 'column', 'row', 'match', 'unit'] as const;

function filesOf(name: string, raw: RawOutput, kind: DeclaredFiles['kind'], complain: Complain): DeclaredFiles {
  for (const key of OF_NUMBERS) if (raw[key] !== undefined) complain(`.${key} is for a number only, not for kind ${kind}.`);
  for (const key of ['x', 'y'] as const) if (kind !== 'plot' && raw[key] !== undefined) complain(`.${key} is for a \`plot\` only.`);
  const { title, file, x, y } = raw;
  if (file.split('/').includes('**')) complain('.file: `*` stands for letters of one name; `**` is not known.');
  return { kind, name, ...(title !== undefined && { title }), file, ...(x !== undefined && { x }), ...(y !== undefined && { y }) };
}

function sourcesOf({ json, column, row = 'last', match }: RawOutput): readonly NumberSource[] {
  return [
    ...(json === undefined ? [] : [{ kind: 'json', path: json } as const]),
    ...(column === undefined ? [] : [{ kind: 'column', column, row } as const]),
    ...(match === undefined ? [] : [{ kind: 'match', pattern: match } as const]),
  ];
}
