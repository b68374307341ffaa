import { KnownError } from '@kiln/domain';

/**
 * `path` as the names it is made of, relative and without surprises.
 * @throws KnownError BAD_INPUT for anything that might lead out of the directory.
 */
export function outputNames(path: string): string[] {
  const names = path === '' ? [] : path.replace(/\/$/, '').split('/');
  if (path.length > 4096 || names.some((name) => !isName(name))) {
    throw new KnownError(
      'BAD_INPUT',
      "An output's path is relative to the job's output directory, as in output/1/result.txt, and holds no empty, `.` or `..` part.",
    );
  }
  return names;
}

/** One name of a file or directory. */
export function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
}

/** Where the API serves the file. */
export function fileUrl(jobId: number, names: readonly string[]): string {
  return `/files/jobs/${jobId}/${names.map(encodeURIComponent).join('/')}`;
}
