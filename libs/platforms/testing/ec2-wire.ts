import * as sdk from '@aws-sdk/client-ec2';
import { NormalizedSchema } from '@smithy/core/schema';

/** What the server answers in place of what it was asked for. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** What is not asked as the model of the service has it: whoever asks has a fault. */
export class Malformed extends Refused {}

type Tree = Map<string, Tree | string>;

/** An operation as the model of the service has it. */
export interface Operation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

export function operationOf(action: string): Operation {
  const schema: unknown = Reflect.get(sdk, `${action}$`);
  if (!Array.isArray(schema) || schema[0] !== 9)
    throw new Malformed('InvalidAction', `The action ${action} is not valid for this web service.`);
  return { name: action, input: NormalizedSchema.of(schema[4]), output: NormalizedSchema.of(schema[5]) };
}

/** What was sent with the Query protocol: every name has to be in the model of the operation, and every value to be of its type. */
export function decode(parameters: URLSearchParams, { input }: Operation): object {
  const tree: Tree = new Map();
  for (const [name, value] of parameters) if (name !== 'Action' && name !== 'Version') plant(tree, name.split('.'), value, name);
  return Object(readAs(tree, input, ''));
}

function plant(tree: Tree, [first = '', ...rest]: string[], value: string, name: string): void {
  const there = tree.get(first);
  if (rest.length === 0) {
    if (there !== undefined) throw new Malformed('MalformedQueryString', `${name} is given twice.`);
    tree.set(first, value);
    return;
  }
  if (typeof there === 'string') throw new Malformed('MalformedQueryString', `${name} is a value and a structure.`);
  const branch: Tree = there ?? new Map();
  tree.set(first, branch);
  plant(branch, rest, value, name);
}

function readAs(given: Tree | string, schema: NormalizedSchema, path: string): unknown {
  if (schema.isStructSchema()) return structOf(given, schema, path);
  if (schema.isListSchema()) return listOf(given, schema, path);
  if (typeof given !== 'string') throw new Malformed('UnknownParameter', `The parameter ${path} has no parts.`);
  return leafOf(given, schema, path);
}

function structOf(given: Tree | string, schema: NormalizedSchema, path: string): object {
  if (typeof given === 'string') throw new Malformed('InvalidParameterValue', `The parameter ${path} is a structure.`);
  const left = new Set(given.keys());
  const value: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const sent = nameOf(name, member);
    const part = given.get(sent);
    if (part === undefined || !left.delete(sent)) continue;
    value[name] = readAs(part, member, `${path}${path && '.'}${sent}`);
  }
  const [unknown] = left;
  if (unknown !== undefined) throw new Malformed('UnknownParameter', `The parameter ${path}${path && '.'}${unknown} is not recognized.`);
  for (const name of requiredOf(schema)) {
    if (value[name] === undefined)
      throw new Malformed('MissingParameter', `The request must contain the parameter ${path}${path && '.'}${name}.`);
  }
  return value;
}

/** https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#ec2query-key-resolution */
function nameOf(member: string, schema: NormalizedSchema): string {
  const { ec2QueryName, xmlName } = schema.getMergedTraits();
  const name = String(xmlName ?? member);
  return String(ec2QueryName ?? name.charAt(0).toUpperCase() + name.slice(1));
}

/** Those members come first, and the last part tells how many they are. */
function requiredOf(schema: NormalizedSchema): readonly string[] {
  const parts: unknown = schema.getSchema();
  if (!Array.isArray(parts) || !Array.isArray(parts[4])) throw new Error('The model of the service has another form.');
  return parts[4].slice(0, Number(parts[6] ?? 0)).map(String);
}

function listOf(given: Tree | string, schema: NormalizedSchema, path: string): readonly unknown[] {
  if (typeof given === 'string') throw new Malformed('InvalidParameterValue', `The parameter ${path} is a list.`);
  return Array.from({ length: given.size }, (_, i) => {
    const entry = given.get(String(i + 1));
    if (entry === undefined) throw new Malformed('InvalidParameterValue', `The list ${path} is not numbered from 1.`);
    return readAs(entry, schema.getValueSchema(), `${path}.${i + 1}`);
  });
}

function leafOf(text: string, schema: NormalizedSchema, path: string): unknown {
  const wrong = (what: string) => new Malformed('InvalidParameterValue', `Value (${text}) for parameter ${path} is invalid: not ${what}.`);
  if (schema.isBooleanSchema()) {
    if (text !== 'true' && text !== 'false') throw wrong('a boolean');
    return text === 'true';
  }
  if (schema.isNumericSchema()) {
    if (!/^-?\d+(\.\d+)?$/.test(text)) throw wrong('a number');
    return Number(text);
  }
  if (schema.isTimestampSchema()) {
    if (Number.isNaN(Date.parse(text))) throw wrong('a time');
    return new Date(text);
  }
  if (schema.isBlobSchema()) {
    if (!/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw wrong('base64');
    return Buffer.from(text, 'base64');
  }
  if (!schema.isStringSchema()) throw new Error(`The model of the service has another type for ${path}.`);
  return text;
}

/** The answer to an operation, as the model has it. */
export function encode(value: object, { name, output }: Operation, requestId: string): string {
  const body = output.isStructSchema() ? xmlOf(value, output, name) : '<return>true</return>';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${requestId}</requestId>${body}</${name}Response>`;
}

export function encodeRefusal({ code, message }: Refused, requestId: string): string {
  const error = `<Error><Code>${escaped(code)}</Code><Message>${escaped(message)}</Message></Error>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors>${error}</Errors><RequestID>${requestId}</RequestID></Response>`;
}

/** What is within the element of a value. */
function xmlOf(value: unknown, schema: NormalizedSchema, path: string): string {
  if (schema.isStructSchema()) {
    const members = new Map(schema.structIterator());
    return Object.entries(Object(value))
      .filter(([, part]) => part !== undefined && part !== null)
      .map(([name, part]) => {
        const member = members.get(name);
        if (!member) throw new Error(`The model of the service has no ${path}.${name}.`);
        return element(String(member.getMergedTraits().xmlName ?? name), xmlOf(part, member, `${path}.${name}`));
      })
      .join('');
  }
  if (schema.isListSchema()) {
    const member = schema.getValueSchema();
    const name = String(member.getMergedTraits().xmlName ?? 'member');
    return Array.from(value as Iterable<unknown>, (one) => element(name, xmlOf(one, member, path))).join(''); // as its type says
  }
  return escaped(value instanceof Date ? value.toISOString() : String(value));
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
