import type { FileEntry, FilesWanted } from '@kiln/domain';

type Named = Pick<FileEntry, 'name' | 'kind'>;

const BY_WORTH = new Intl.Collator('en', { numeric: true });

/** The order of listings: numbers in names by their worth. No two names are equal in it. */
export function directoriesFirst(a: Named, b: Named): number {
  if (a.kind !== b.kind) return a.kind === 'directory' ? -1 : 1;
  return BY_WORTH.compare(a.name, b.name) || (a.name < b.name ? -1 : Number(a.name > b.name));
}

/** The part that is wanted of entries in the order of listings. */
export function pageOf<E extends Named>(all: readonly E[], { search, first, after }: FilesWanted) {
  const wanted = search.toLowerCase();
  const found = wanted === '' ? all : all.filter(({ name }) => name.toLowerCase().includes(wanted));
  const left = after === null ? found : found.filter((entry) => directoriesFirst(entry, after) > 0);
  return { entries: left.slice(0, first), total: found.length, more: left.length > first };
}
