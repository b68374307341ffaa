import { broken, type RawParameter } from './definition.ts';
import type { Entry } from './folder.ts';
import { parameterNameProblem } from './names.ts';
import { isAdapted } from './payload.ts';
import { isValue, plainProblem } from './value.ts';

const FILES = ['values', 'initial/values'];

export function isValuesFile({ path, content }: Entry): boolean {
  return content !== null && FILES.includes(path);
}

type RawParameters = Readonly<Record<string, RawParameter>>;

/**
 * With the constants of the `values` of a payload that was adapted: each is the default of its parameter, if that has no other, or a parameter by itself.
 * @throws KnownError CONNECTOR_BROKEN
 */
export function withConstants(declared: RawParameters, entries: readonly Entry[]): RawParameters {
  if (!isAdapted(entries)) return declared;
  const parameters = { ...declared };
  for (const [name, constant] of Object.entries(constants(entries))) {
    const { [name]: own } = parameters;
    parameters[name] = own ? { default: constant.default, ...own } : constant;
  }
  return parameters;
}

function constants(entries: readonly Entry[]): RawParameters {
  const [file, other] = entries.filter(isValuesFile);
  if (!file) return {};
  if (other) throw broken(other.path, [`there is ${file.path} as well; remove one of them.`]);
  const own = Object.entries(parse(file.path, String(file.content))).filter(([name]) => name !== 'run_counter'); // which tasks have themselves
  return Object.fromEntries(own.map(([name, value]) => [name, parameterOf(file.path, name, value)]));
}

function parse(file: string, text: string): object {
  try {
    const values: unknown = JSON.parse(text);
    if (typeof values === 'object' && values !== null && !Array.isArray(values)) return values;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw broken(file, [`it is not JSON: ${error.message}.`], error);
  }
  throw broken(file, ['it must be a map of names and values, such as {"npre": 100}.']);
}

function parameterOf(file: string, name: string, value: unknown): RawParameter {
  const wrong = parameterNameProblem(name);
  if (wrong) throw broken(file, [wrong]);
  if (!isValue(value)) throw broken(file, [`${name} ${plainProblem(value)}.`]);
  // That a constant is whole does not mean that another value has to be.
  return typeof value === 'number' ? { type: 'number', default: value } : { default: value };
}
