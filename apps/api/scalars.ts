import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLJSON, GraphQLJSONObject } from 'graphql-scalars';

/** A moment. Inside it is the text that goes over the wire. */
export const DateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description: 'A moment as ISO 8601 in UTC, with milliseconds.',
  serialize: (value) => moment(value),
  parseValue: (value) => moment(value),
  parseLiteral: (node) => moment(node.kind === Kind.STRING ? node.value : null),
});

function moment(value: unknown): string {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new GraphQLError('A moment is written as in 2026-01-31T12:00:00.000Z.');
  return new Date(milliseconds).toISOString();
}

const { parseLiteral, parseValue, serialize } = GraphQLJSONObject;

/** A JSON object; the order of its keys is kept. */
export const JSONObject = new GraphQLScalarType<object, object>({
  name: 'JSONObject',
  description: 'A JSON object. The order of its keys is kept.',
  serialize: (value) => serialize(value),
  parseValue: (value) => parseValue(value),
  parseLiteral: (node, variables) => parseLiteral(node, variables),
});

/** Any JSON value; the order of keys is kept. */
export const JSONValue = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value. The order of keys is kept.',
  serialize: (value) => GraphQLJSON.serialize(value),
  parseValue: (value) => GraphQLJSON.parseValue(value),
  parseLiteral: (node, variables) => GraphQLJSON.parseLiteral(node, variables),
});
