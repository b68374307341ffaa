import { CommandError, EXIT } from '../exit.ts';
import { field } from '../start/field.ts';

/** The archive's first file says what it is, its last one what the files between them must be. */
export const MANIFEST = 'kiln-backup.json';
export const CHECKSUMS = 'checksums.jsonl';

export interface Manifest {
  readonly format: 1;
  /** Version of the Kiln that made it. */
  readonly kiln: string;
  /** ISO 8601. */
  readonly madeAt: string;
  /** Names the installation on other machines; null before a worker has run. */
  readonly installation: string | null;
  /** The PostgreSQL major of the database; null if it is not in the archive. */
  readonly postgres: string | null;
  readonly results: boolean;
}

export function parseManifest(text: string): Manifest {
  const value: unknown = parseJson(text);
  if (field(value, 'format') === 1) return value as Manifest; // `kiln backup` alone writes it
  throw new CommandError('The archive is of a form that this Kiln does not know: restore it with the Kiln that made it.', EXIT.failed);
}

/** By path. */
export function parseChecksums(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => parseJson(line) as [string, string])); // `kiln backup` alone writes it
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged('a part of it cannot be read');
  }
}

export function damaged(why: string): CommandError {
  return new CommandError(`The archive is damaged (${why}): nothing was restored. Use another backup.`, EXIT.failed);
}
