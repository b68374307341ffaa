import { isMap, LineCounter, parseDocument } from 'yaml';
import { broken, checkShape, type RawDefinition } from './definition.ts';

export const MANIFEST = 'connector.yaml';

/** Reads the text of a `connector.yaml`. @throws KnownError CONNECTOR_BROKEN with the line or the keys that are wrong. */
export function readManifest(text: string): RawDefinition {
  return checkShape(parse(text), MANIFEST);
}

function parse(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) throw broken(MANIFEST, [`line ${lines.linePos(error.pos[0]).line}: ${sentence(error.message)}`], error);
  if (!isMap(document.contents)) throw broken(MANIFEST, ['it must be a map of keys, such as `description:` and `runsOn:`.']);
  return withoutBlanks(expand(document));
}

/** Aliases are counted, so that a few lines cannot become gigabytes. */
function expand(document: ReturnType<typeof parseDocument>): Record<string, unknown> {
  try {
    return document.toJS({ maxAliasCount: 100 }) as Record<string, unknown>; // a map at the top, seen by the caller
  } catch (error) {
    throw broken(MANIFEST, [`${sentence(error instanceof Error ? error.message : String(error))}`], error);
  }
}

/** `parameters:` with nothing below it is as if it were not there. */
function withoutBlanks(manifest: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(manifest).filter(([, value]) => value !== null));
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
