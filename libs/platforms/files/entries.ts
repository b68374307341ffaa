import type { FileEntry } from '@kiln/domain';

type Named = Pick<FileEntry, 'name' | 'kind'>;

/** The order of listings: numbers in names by their worth. No two names are equal in it. */
export function directoriesFirst(a: Named, b: Named): number {
  if (a.kind !== b.kind) return a.kind === 'directory' ? -1 : 1;
  return a.name.localeCompare(b.name, 'en', { numeric: true }) || (a.name < b.name ? -1 : Number(a.name > b.name));
}
