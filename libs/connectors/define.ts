import {
  type Connector,
  INPUT_PARAMETERS,
  KnownError,
  type Parameter,
  type PayloadFacts,
  SYSTEM_PARAMETERS,
  type Value,
} from '@kiln/domain';
import { outputOf } from './define-output.ts';
import { broken, type RawDefinition, type RawParameter } from './definition.ts';
import { orMeant, parameterNameProblem } from './names.ts';
import { isReliability, misplacedDefault, reliabilityProblem } from './reliability-parameters.ts';
import { isResource, resourceProblem } from './resource-parameters.ts';
import { valueProblems } from './sweep-problems.ts';
import { valueProblem } from './value.ts';

/** The connector that a definition in `file` describes. @throws KnownError CONNECTOR_BROKEN, with one sentence for each thing wrong. */
export function define(name: string, definition: RawDefinition, payload: PayloadFacts, file: string): Connector {
  const wrong: string[] = [];
  const parameters = Object.entries(definition.parameters ?? {}).map(([key, raw]) => parameterOf(key, raw, wrong));
  for (const [index, parameter] of parameters.entries()) checkOnlyWhen(parameter, parameters.slice(0, index), wrong);
  const defaults = definition.defaults ?? {};
  const { reliability = false, input = null, transform, converged, metadata } = definition;
  const code = { ...(transform && { transform }), ...(converged && { converged }) };
  checkDefaults(defaults, { reliability, input, runsOn: definition.runsOn, ...code }, wrong);
  const sweep = definition.sweep ?? {};
  if (typeof sweep !== 'function') wrong.push(...valueProblems(sweep, parameters).map(({ message }) => `sweep: ${message}`));
  const taken = [...parameters.map((parameter) => parameter.name), ...Object.keys(typeof sweep === 'function' ? {} : sweep)];
  const outputs = Object.entries(definition.outputs ?? {}).flatMap(([key, raw]) => outputOf(key, raw, taken, wrong) ?? []);
  if (wrong.length > 0) throw broken(file, wrong);
  return {
    name,
    title: definition.title?.trim() || name,
    description: definition.description,
    runsOn: definition.runsOn,
    parameters,
    defaults,
    sweep,
    reliability,
    input,
    ...code,
    ...(metadata && { metadata }),
    outputs,
    stages: definition.stages ?? {},
    payload,
  };
}

function parameterOf(name: string, raw: RawParameter, wrong: string[]): Parameter {
  const complain = (message: string) => wrong.push(`parameters.${name}${message}`);
  const badName = parameterNameProblem(name);
  if (badName) complain(`: ${badName}`);
  const choices = raw.choices?.map((choice) => (typeof choice === 'object' ? choice : { value: choice, title: undefined }));
  const type = raw.type ?? typeOf(raw.default ?? choices?.[0]?.value);
  if (!type) complain(' needs a `type` or a `default`.');
  const parameter: Parameter = {
    name,
    type: type ?? 'string',
    section: raw.section ?? 'domain',
    ...(raw.title !== undefined && { title: raw.title }),
    ...(raw.help !== undefined && { help: raw.help }),
    ...(raw.default !== undefined && { default: raw.default }),
    ...(raw.minimum !== undefined && { minimum: raw.minimum }),
    ...(raw.maximum !== undefined && { maximum: raw.maximum }),
    ...(raw.pattern !== undefined && { pattern: raw.pattern }),
    ...(choices && { choices: choices.map(({ value, title }) => ({ value, title: title ?? String(value) })) }),
    ...(raw.onlyWhen && { onlyWhen: raw.onlyWhen }),
  };
  const limit = type ? limitProblem(parameter) : null;
  if (limit) complain(limit);
  return parameter;
}

function typeOf(value: Value | undefined): Parameter['type'] | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'boolean') return 'boolean';
  return value === undefined ? undefined : 'string';
}

/** What makes a parameter's own description contradict itself, as what follows its name. */
function limitProblem(parameter: Parameter): string | null {
  const { type, minimum, maximum, pattern } = parameter;
  const numeric = type === 'integer' || type === 'number';
  if (!numeric && (minimum !== undefined || maximum !== undefined)) return ': only numbers have a minimum and a maximum.';
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    return `.minimum (${minimum}) is larger than its maximum (${maximum}).`;
  }
  if (pattern !== undefined && type !== 'string') return ': only text has a pattern.';
  if (pattern !== undefined && !isExpression(pattern)) return `.pattern is not a regular expression: ${pattern}`;
  return choicesProblem(parameter) ?? defaultProblem(parameter);
}

function choicesProblem({ choices = [], ...parameter }: Parameter): string | null {
  const values = choices.map(({ value }) => value);
  if (new Set(values).size < values.length) return '.choices has a value twice.';
  for (const value of values) {
    const wrong = valueProblem(parameter, value);
    if (wrong) return `.choices: ${JSON.stringify(value)} ${wrong}.`;
  }
  return null;
}

function defaultProblem(parameter: Parameter): string | null {
  const wrong = parameter.default === undefined ? null : valueProblem(parameter, parameter.default);
  return wrong ? `.default ${wrong}.` : null;
}

function isExpression(pattern: string): boolean {
  try {
    new RegExp(`^(?:${pattern})$`, 'u');
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** A parameter may look only at earlier ones, so that what is shown never goes in circles. */
function checkOnlyWhen(parameter: Parameter, earlier: readonly Parameter[], wrong: string[]): void {
  if (!parameter.onlyWhen) return;
  const { parameter: name, equals } = parameter.onlyWhen;
  const at = `parameters.${parameter.name}.onlyWhen`;
  const other = earlier.find((one) => one.name === name);
  if (!other) {
    wrong.push(
      `${at}: there is no parameter '${name}' before '${parameter.name}'${orMeant(
        name,
        earlier.map((one) => one.name),
      )}`,
    );
    return;
  }
  const bad = valueProblem(other, equals);
  if (bad) wrong.push(`${at}.equals: ${name} ${bad}.`);
}

const DEFAULTED = SYSTEM_PARAMETERS.filter((name) => name !== 'sweep');

type Abilities = Pick<Connector, 'reliability' | 'input' | 'transform' | 'converged' | 'runsOn'>;

function checkDefaults(defaults: Readonly<Record<string, Value>>, abilities: Abilities, wrong: string[]): void {
  for (const [name, value] of Object.entries(defaults)) {
    if (name === 'sweep') wrong.push('defaults.sweep: give the map of values as `sweep:` instead.');
    else if (!DEFAULTED.some((known) => known === name)) {
      wrong.push(`defaults.${name}: only parameters that every connector has have defaults here${orMeant(name, DEFAULTED)}`);
    } else {
      const bad = defaultedProblem(name, value, abilities);
      if (bad) wrong.push(`defaults.${name} ${bad}${bad.endsWith('?') ? '' : '.'}`);
    }
  }
  const { nodes = 4, minimum_nodes: minimum = 1 } = defaults;
  if (Number(minimum) > Number(nodes)) wrong.push(`defaults.minimum_nodes (${minimum}) is larger than nodes (${nodes}).`);
}

function defaultedProblem(name: string, value: Value, abilities: Abilities): string | null {
  if (isResource(name)) return resourceProblem(name, value);
  if (isReliability(name)) return misplacedDefault(name, abilities) ?? reliabilityProblem(name, value);
  if (isInput(name) && abilities.input === null) return 'is for a connector with `input: required` or `input: optional`; add that';
  if (name !== 'nodes' && name !== 'minimum_nodes') return typeof value === 'string' ? null : 'must be text';
  return Number.isSafeInteger(value) && Number(value) >= 1 ? null : 'must be a whole number of at least 1';
}

export const isInput = (name: string) => INPUT_PARAMETERS.some((one) => one === name);

/** `main` is the script of the payload that runs a task. @throws KnownError PAYLOAD_MISSING if nothing does, CONNECTOR_BROKEN if two things do */
export function checkTask(name: string, file: string, hasCommand: boolean, main: string | undefined): void {
  if (hasCommand && main !== undefined) throw broken(file, [`\`command\` and ${main} both say what a task runs; remove one of them.`]);
  if (hasCommand || main !== undefined) return;
  const message = `payloads/${name} has no process_payload/main.sh; add it, or give \`command:\` in ${file}.`;
  throw new KnownError('PAYLOAD_MISSING', message);
}
