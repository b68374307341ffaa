/** What of a storage is looked at; it stands in the address. */
export interface FilesSearch {
  readonly path?: string;
  /** The file that is previewed. */
  readonly file?: string;
  /** Only names in which it is found. */
  readonly search?: string;
}

export function filesSearch(search: Record<string, unknown>): FilesSearch {
  return { ...text(search, 'path'), ...text(search, 'file'), ...text(search, 'search') };
}

function text(search: Record<string, unknown>, name: keyof FilesSearch): FilesSearch {
  const value = search[name];
  return (typeof value === 'string' || typeof value === 'number') && value !== '' ? { [name]: String(value) } : {};
}
