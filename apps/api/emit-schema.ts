import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printSchema } from 'graphql';
import { buildApiSchema } from './schema.ts';

/** The text of schema.graphql, which is never edited by hand. */
export function printedSchema(): string {
  return `# Generated from the resolvers by emit-schema.ts; do not edit.\n\n${printSchema(buildApiSchema())}\n`;
}

const target = fileURLToPath(new URL('schema.graphql', import.meta.url));
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, printedSchema());
