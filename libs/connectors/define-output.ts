import type { DeclaredOutput, NumberSource } from '@kiln/domain';
import { relativeProblem } from './code-results.ts';
import type { RawOutput } from './definition.ts';
import { parameterNameProblem } from './names.ts';
import { patternProblem } from './numbers.ts';

/** The output that its author describes; `taken` are names of parameters. What is wrong is added to `wrong`, as sentences. */
export function outputOf(name: string, raw: RawOutput, taken: readonly string[], wrong: string[]): DeclaredOutput | null {
  const complain = (message: string) => wrong.push(`outputs.${name}${message}`);
  const badName = parameterNameProblem(name);
  if (badName) complain(`: ${badName}`);
  if (['task', ...taken].includes(name)) complain(' has the name of something else that tasks are told by; choose another.');
  const badPath = relativeProblem(raw.file);
  if (badPath) complain(`.file ${badPath}.`);
  const sources = sourcesOf(raw);
  const [source] = sources;
  if (!source || sources.length > 1) complain(' needs one of `json`, `column` and `match`, which says where the number is.');
  if (raw.row !== undefined && raw.column === undefined) complain('.row is for a `column` only.');
  const badPattern = raw.match === undefined ? null : patternProblem(raw.match);
  if (badPattern) complain(`.match ${badPattern}.`);
  if (!source) return null;
  const { title, unit, file } = raw;
  return { name, ...(title !== undefined && { title }), ...(unit !== undefined && { unit }), file, source };
}

function sourcesOf({ json, column, row = 'last', match }: RawOutput): readonly NumberSource[] {
  return [
    ...(json === undefined ? [] : [{ kind: 'json', path: json } as const]),
    ...(column === undefined ? [] : [{ kind: 'column', column, row } as const]),
    ...(match === undefined ? [] : [{ kind: 'match', pattern: match } as const]),
  ];
}
