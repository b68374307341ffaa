import { type Connector, KnownError, type Point } from '@kiln/domain';
import { isReservedName, isSystemParameter, parameterNameProblem } from './names.ts';
import { isValue, plainProblem } from './value.ts';

/**
 * The values in the file `values` of an input set, a JSON map like that of a payload, for names that are no parameters. What tasks have
 * themselves, or Kiln asks of a job, is passed over, too: what a job left may hold it. @throws KnownError BAD_INPUT
 */
export function inputValues(text: string, file: string, { parameters }: Pick<Connector, 'parameters'>): Point {
  const wrong = (why: string) => new KnownError('BAD_INPUT', `${file}: ${why}`);
  const found = parsed(text, wrong);
  const others = (name: string) => isReservedName(name) || isSystemParameter(name) || parameters.some((one) => one.name === name);
  const own = Object.entries(found).filter(([name]) => !others(name));
  for (const [name, value] of own) {
    const problem = parameterNameProblem(name);
    if (problem) throw wrong(problem);
    if (!isValue(value)) throw wrong(`${name} ${plainProblem(value)}.`);
  }
  return Object.fromEntries(own) as Point; // each value was just found to be one
}

function parsed(text: string, wrong: (why: string) => KnownError): object {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw wrong(`it is not JSON: ${error.message}.`);
  }
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found;
  throw wrong('it must be a map of names and values, such as {"npre": 100}.');
}
