import type { FileEntry } from '@kiln/domain';

/** The order of listings: numbers in names by their worth. */
export function directoriesFirst(a: FileEntry, b: FileEntry): number {
  return a.kind === b.kind ? a.name.localeCompare(b.name, 'en', { numeric: true }) : a.kind === 'directory' ? -1 : 1;
}
