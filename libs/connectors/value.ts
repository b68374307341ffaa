import type { Parameter, Value } from '@kiln/domain';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

/** Longest text that a parameter can have: it must fit into one environment variable (MAX_ARG_STRLEN is 128 KiB on Linux). */
export const MAX_TEXT = 65_536;

/** JSON Schema of one value of a parameter. */
export function valueSchema(parameter: Parameter): Record<string, unknown> {
  const { type, minimum, maximum, pattern, choices } = parameter;
  return {
    type,
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(pattern !== undefined && { pattern: `^(?:${pattern})$` }),
    ...(choices && { oneOf: choices.map(({ value, title }) => ({ const: value, title })) }),
  };
}

/** What a value violates, as what follows the parameter's name in a sentence: `must be at least 1`. Null if nothing. */
export function valueProblem(parameter: Parameter, value: unknown): string | null {
  const plain = plainProblem(value);
  if (plain) return plain;
  const validate = validatorOf(parameter);
  if (validate(value)) return parameter.type === 'integer' && !Number.isSafeInteger(value) ? NOT_SAFE : null;
  return predicate(parameter, validate.errors ?? []);
}

/** What makes `value` unfit for any parameter. */
export function plainProblem(value: unknown): string | null {
  if (typeof value === 'string') {
    if (value.includes('\0')) return 'must not hold a NUL character';
    if (!isWellFormed(value)) return 'must be whole Unicode text; it holds half of a surrogate pair';
    return Buffer.byteLength(value) > MAX_TEXT ? 'must be at most 64 KiB of text; larger data belongs in a file' : null;
  }
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'must be a finite number';
  return typeof value === 'boolean' ? null : 'must be text, a number, true or false';
}

/**
 * Text as the type that the parameter declares, since a command line knows text only. What would lose something by that, or is
 * no such text, stays as it is and is told by the check.
 */
export function converted(type: Parameter['type'], given: unknown): unknown {
  if (typeof given !== 'string' || type === 'string') return given;
  const text = given.trim();
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : given;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return given;
  const number = Number(text);
  const whole = /^[+-]?\d+$/.test(text) || type === 'integer';
  return Number.isFinite(number) && (!whole || Number.isSafeInteger(number)) ? number : given;
}

export function isValue(value: unknown): value is Value {
  return plainProblem(value) === null;
}

const NOT_SAFE = 'must be a whole number between -9007199254740991 and 9007199254740991';

const ajv = new Ajv({ allErrors: true, validateSchema: false });
const validators = new WeakMap<Parameter, ValidateFunction>();

function validatorOf(parameter: Parameter): ValidateFunction {
  const known = validators.get(parameter);
  if (known) return known;
  const schema = valueSchema(parameter);
  const validate = ajv.compile(schema);
  ajv.removeSchema(schema); // else Ajv keeps every version of every connector for ever
  validators.set(parameter, validate);
  return validate;
}

function predicate(parameter: Parameter, errors: readonly ErrorObject[]): string {
  const failed = new Set(errors.map((error) => error.keyword));
  if (failed.has('oneOf')) return `must be one of ${(parameter.choices ?? []).map(({ value }) => String(value)).join(', ')}`;
  if (failed.has('type')) return `must be ${TYPE_WORDS[parameter.type]}`;
  if (failed.has('minimum')) return `must be at least ${parameter.minimum}`;
  if (failed.has('maximum')) return `must be at most ${parameter.maximum}`;
  return `must match the pattern ${parameter.pattern}`;
}

const TYPE_WORDS: Record<Parameter['type'], string> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function isWellFormed(text: string): boolean {
  return Buffer.from(text, 'utf8').toString('utf8') === text;
}
