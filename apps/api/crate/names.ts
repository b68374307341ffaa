import { basename } from 'node:path/posix';

/**
 * A path as it can stand in an archive for every program that unpacks it: what some take for a separator, or change, is written as in
 * an address. Different paths stay different.
 */
export function archivePath(path: string): string {
  return path.replaceAll(/[\\\p{Cc}]|%(?=[0-9A-F]{2})/gu, (letter) => encodeURIComponent(letter));
}

/** The `@id` of a file or directory at a path of the archive. */
export function idOfPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

const FORMATS: Readonly<Record<string, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  md: 'text/markdown',
  sh: 'text/x-shellscript',
  ts: 'text/typescript',
  py: 'text/x-python',
  txt: 'text/plain',
  out: 'text/plain',
  err: 'text/plain',
  log: 'text/plain',
  dat: 'text/plain',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
};

/** The media type that a file's name promises. */
export function formatOf(path: string): string {
  const ending = /\.([a-z]+)$/i.exec(basename(path))?.[1]?.toLowerCase();
  return (ending === undefined ? undefined : FORMATS[ending]) ?? 'application/octet-stream';
}
