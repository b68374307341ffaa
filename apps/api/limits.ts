import { ApolloArmor } from '@escape.tech/graphql-armor';
import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, specifiedRules, type ValidationRule, validate } from 'graphql';

/** A document longer than this is not even read. */
export const MOST_TOKENS = 2000;

/** What a document may ask for, whichever way it comes in. */
export const limits: readonly ValidationRule[] = new ApolloArmor({
  maxDepth: { n: 12, flattenFragments: true },
  costLimit: { maxCost: 100_000, flattenFragments: true },
  maxAliases: { n: 30 },
  maxDirectives: { n: 50 },
  maxTokens: { enabled: false },
  blockFieldSuggestion: { enabled: false },
}).protect().validationRules;

/** Reads and checks a document as HTTP requests are, for those that come over WebSockets. */
export function checkDocument(schema: GraphQLSchema, source: string): { document: DocumentNode } | { errors: readonly GraphQLError[] } {
  try {
    const document = parse(source, { maxTokens: MOST_TOKENS });
    const errors = validate(schema, document, [...specifiedRules, ...limits]);
    return errors.length > 0 ? { errors } : { document };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}
