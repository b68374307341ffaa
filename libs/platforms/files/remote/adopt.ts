import { basename, dirname } from 'node:path/posix';
import { lines, type Scripts } from './script.ts';

/**
 * Moves `directories` and links `files` from the directory `from` of the same machine to the same relative paths; what is not there has
 * been moved already. Resolves with whether all went: not to another file system, nor where results of an earlier attempt are.
 */
export async function adopt(scripts: Scripts, from: string, directories: readonly string[], files: readonly string[]): Promise<boolean> {
  const input = section('d', directories) + section('f', files);
  const moved = scripts.run('adopt', [from], 'Results could not be moved', [], { input });
  return moved.then(
    () => true,
    () => false, // Copying the rest says what is wrong, if anything is.
  );
}

/** Those of one directory together, so that one program moves many. */
function section(kind: 'd' | 'f', paths: readonly string[]): string {
  const parents = [...new Set(paths.map((path) => dirname(path)))];
  return parents
    .map((parent) => {
      const names = paths.filter((path) => dirname(path) === parent).map((path) => basename(path));
      return lines([parent], `${kind} `) + lines(names, '+');
    })
    .join('');
}
