import { CURATION_PARAMETERS, type Value } from '@kiln/domain';
import type { Report } from './check-parameters.ts';
import { curationParameters, curatorsOf } from './curation-parameters.ts';
import type { Choices } from './system-parameters.ts';
import { converted, valueProblem } from './value.ts';

/** Where the results are to be published. A job whose results are not has none of these parameters. */
export function checkCuration(given: ReadonlyMap<string, unknown>, { platforms }: Choices, report: Report): void {
  const wanted = given.get('curator') ?? '';
  const curators = curatorsOf(platforms);
  if (wanted === '') checkAlone(given, report);
  else if (typeof wanted !== 'string' || !curators.includes(wanted)) report.add('curator', curatorProblem(wanted, platforms, curators));
  else checkWanted(given, curators, report);
}

function checkWanted(given: ReadonlyMap<string, unknown>, curators: readonly string[], report: Report): void {
  for (const parameter of curationParameters(curators)) {
    const { name, type, default: usual } = parameter;
    const value = given.has(name) ? converted(type, given.get(name)) : usual;
    const wrong = valueProblem(parameter, value);
    if (wrong) report.add(name, `${name} ${wrong}.`);
    else report.values.set(name, value as Value); // valueProblem found a value of the declared type
  }
}

/** What the form sends along for a job that is not published is passed over. */
function checkAlone(given: ReadonlyMap<string, unknown>, report: Report): void {
  for (const name of CURATION_PARAMETERS.slice(1)) {
    if (['', 0, '0', undefined].some((blank) => given.get(name) === blank)) continue;
    report.add(name, `${name} is for results that are published; name the MyTardis as curator.`);
  }
}

function curatorProblem(wanted: unknown, platforms: Choices['platforms'], curators: readonly string[]): string {
  const other = platforms.find(({ name }) => name === wanted);
  const choose = curators.length > 0 ? `choose ${curators.join(' or ')}` : 'register one';
  if (!other) return `There is no MyTardis '${String(wanted).slice(0, 60)}'; ${choose}.`;
  if (other.kind !== 'mytardis') return `'${other.name}' is a ${other.kind} platform, where nothing is published; ${choose}.`;
  return `'${other.name}' is registered and not ready yet: its check must succeed once before results are published there; ${choose}.`;
}
