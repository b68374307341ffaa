import { type Connector, isScheduler, type Parameter, type Platform, SECTIONS, type Section, type Value } from '@kiln/domain';
import { curationParameters, curatorsOf } from './curation-parameters.ts';
import { reliabilityParameters } from './reliability-parameters.ts';
import { RESOURCE_NAMES, RESOURCES, resourceParameter } from './resource-parameters.ts';
import { type Choices, defaultNodes, defaultPlatform, defaultStorage, fittingPlatforms, sourcesOf } from './system-parameters.ts';
import { valueSchema } from './value.ts';

export { checkParameters } from './check-parameters.ts';
export { type Choices, storagesOf } from './system-parameters.ts';

/** JSON Schema, draft-07, as plain JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The form of a connector. The order of `properties` is the order on the form. Each property has `x-section`, and `x-only-when`
 * (`{ parameter, equals }`; `equals` is a list where several values will do) if it is shown only then, and `x-multiline` if its text has lines.
 */
export function formSchema(connector: Connector, choices: Choices): JsonSchema {
  const fields = [...systemFields(connector, choices), ...connector.parameters.map(fieldOf)];
  const ordered = SECTIONS.flatMap((section) => fields.filter((field) => field.section === section));
  const needed = connector.parameters.filter((parameter) => parameter.default === undefined && !parameter.onlyWhen);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    title: connector.title,
    description: connector.description,
    properties: Object.fromEntries(ordered.map(({ name, section, schema }) => [name, { ...schema, 'x-section': section }])),
    ...(needed.length > 0 && { required: needed.map(({ name }) => name) }),
    additionalProperties: false,
  };
}

interface Field {
  readonly name: string;
  readonly section: Section;
  readonly schema: JsonSchema;
}

function fieldOf(parameter: Parameter): Field {
  const { name, title, help, section, onlyWhen } = parameter;
  return {
    name,
    section: section ?? 'domain',
    schema: {
      ...valueSchema(parameter),
      title: title ?? name,
      ...(help !== undefined && { description: help }),
      ...(parameter.default !== undefined && { default: parameter.default }),
      ...(onlyWhen && { 'x-only-when': onlyWhen }),
    },
  };
}

function systemFields(connector: Connector, choices: Choices): Field[] {
  return [
    platformField(connector, choices),
    ...nodeFields(connector, choices),
    ...resourceFields(connector, choices),
    ...inputFields(connector, choices),
    ...outputFields(connector, choices),
    ...curationFields(choices),
    ...reliabilityParameters(connector).map(fieldOf),
    sweepField(connector),
  ];
}

function platformField(connector: Connector, choices: Choices): Field {
  const options = fittingPlatforms(connector, choices.platforms).map(({ name, description }) => ({
    const: name,
    title: name,
    ...(description && { description }),
  }));
  return {
    name: 'platform',
    section: 'compute',
    schema: {
      type: 'string',
      title: 'Platform',
      description: 'Where it runs.',
      ...oneOf(options),
      ...withDefault(defaultPlatform(connector, choices)?.name),
    },
  };
}

function nodeFields(connector: Connector, choices: Choices): Field[] {
  if (!connector.runsOn.includes('cloud')) return [];
  const fitting = fittingPlatforms(connector, choices.platforms);
  const clouds = fitting.filter(({ kind }) => kind === 'cloud');
  const most = clouds.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...clouds.map(({ maxNodes }) => maxNodes));
  const chosen = clouds.find(({ name }) => name === defaultPlatform(connector, choices)?.name) ?? clouds[0];
  const { nodes, minimum } = defaultNodes(connector, chosen?.maxNodes ?? most);
  const shown = onlyOn(clouds, fitting);
  const shared = { type: 'integer', minimum: 1, ...(Number.isFinite(most) && { maximum: most }), ...shown };
  const field = (name: string, title: string, description: string, value: number): Field => {
    return { name, section: 'compute', schema: { ...shared, title, description, default: value } };
  };
  return [
    field('nodes', 'Machines', 'How many machines to create for the job.', nodes),
    field('minimum_nodes', 'Fewest machines', 'The job begins when at least this many could be created.', minimum),
  ];
}

function resourceFields(connector: Connector, choices: Choices): Field[] {
  const fitting = fittingPlatforms(connector, choices.platforms);
  const clusters = fitting.filter(({ kind }) => isScheduler(kind));
  if (clusters.length === 0) return [];
  return RESOURCE_NAMES.map((name): Field => {
    const { title, help, multiline } = RESOURCES[name];
    return {
      name,
      section: 'compute',
      schema: {
        ...valueSchema(resourceParameter(name)),
        title,
        description: help,
        ...withDefault(connector.defaults[name]),
        ...(multiline && { 'x-multiline': true }),
        ...onlyOn(clusters, fitting),
      },
    };
  });
}

/** Shows a field only while one of `some` is chosen. */
function onlyOn(some: readonly Platform[], fitting: readonly Platform[]): JsonSchema {
  if (some.length === fitting.length) return {};
  const names = some.map(({ name }) => name);
  return { 'x-only-when': { parameter: 'platform', equals: names.length === 1 ? names[0] : names } };
}

function outputFields(connector: Connector, choices: Choices): Field[] {
  const storage = { type: 'string', title: 'Output storage', description: 'Where the results are kept.' };
  const path = { type: 'string', title: 'Output path', description: 'A folder on that storage; may be blank.', maxLength: 1024 };
  return [
    {
      name: 'output_storage',
      section: 'locations',
      schema: { ...storage, ...oneOf(storageOptions(choices.storages, choices)), ...withDefault(defaultStorage(connector, choices)) },
    },
    {
      name: 'output_path',
      section: 'locations',
      schema: { ...path, pattern: PATH_PATTERN, default: connector.defaults.output_path ?? '' },
    },
  ];
}

/** There are none unless there is a place where results may be published. */
function curationFields({ platforms }: Choices): Field[] {
  const curators = curatorsOf(platforms);
  const equals = curators.length === 1 ? curators[0] : curators;
  const shown = { 'x-only-when': { parameter: 'curator', equals } };
  return curationParameters(curators).map((parameter) => {
    const field = fieldOf(parameter);
    return parameter.name === 'curator' ? field : { ...field, schema: { ...field.schema, ...shown } };
  });
}

function inputFields({ input, defaults }: Connector, choices: Choices): Field[] {
  if (input === null) return [];
  const blank = input === 'optional' ? ' Leave it blank to run without.' : '';
  const storage = { type: 'string', title: 'Input storage', description: 'Where the input is.' };
  const path = {
    type: 'string',
    title: 'Input path',
    description: `The folder on that storage that holds the input, or a file of a web server.${blank}`,
    maxLength: 1024,
  };
  const sources = sourcesOf(choices);
  const usual = sources.find((name) => name === defaults.input_storage) ?? sources[0];
  return [
    {
      name: 'input_storage',
      section: 'locations',
      schema: { ...storage, ...oneOf(storageOptions(sources, choices)), ...withDefault(usual) },
    },
    { name: 'input_path', section: 'locations', schema: { ...path, pattern: PATH_PATTERN, default: defaults.input_path ?? '' } },
  ];
}

function storageOptions(names: readonly string[], { platforms }: Choices): JsonSchema[] {
  return names.map((name) => {
    const description = platforms.find((platform) => platform.name === name)?.description;
    return { const: name, title: name, ...(description && { description }) };
  });
}

/** Not from the root, and no name in it is `..`. */
const PATH_PATTERN = '^(?!/)(?!(.*/)?\\.\\.(/|$)).*$';

function sweepField(connector: Connector): Field {
  const values = { type: 'array', items: { type: ['string', 'number', 'boolean'] }, minItems: 1 };
  const chooses = typeof connector.sweep === 'function';
  const description = 'Values for each parameter to sweep; each combination is one task.';
  return {
    name: 'sweep',
    section: 'sweep',
    schema: {
      type: 'object',
      title: 'Sweep',
      description: chooses ? `${description} If blank, the connector chooses them.` : description,
      additionalProperties: values,
      default: chooses ? {} : connector.sweep,
    },
  };
}

/** Draft-07 does not allow an empty `oneOf`. */
function oneOf(options: readonly JsonSchema[]): JsonSchema {
  return options.length > 0 ? { oneOf: options } : {};
}

function withDefault(value: Value | undefined): JsonSchema {
  return value === undefined ? {} : { default: value };
}
