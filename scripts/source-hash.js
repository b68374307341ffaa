import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Where the build notes what it was made from. */
export const BUILD_STAMP = join(ROOT, 'dist/built-from');

const SOURCES = ['apps', 'libs', 'scripts/build.js', 'tsconfig.base.json', 'tsconfig.json', 'package-lock.json'];

/** A hash over the content of all that the build reads. */
export function sourceHash() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(filesBelow))
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  return hash.digest('hex');
}

/**
 * Paths of all files below `path`, in a stable order, without installed packages, tests and what they are made with.
 * @param {string} path relative to the root of the repository
 * @returns {string[]}
 */
function filesBelow(path) {
  if (!existsSync(join(ROOT, path))) return [];
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(ROOT, path))
    .filter((name) => !/^(node_modules|testing)$|\.test\.tsx?$/.test(name))
    .sort()
    .flatMap((name) => filesBelow(`${path}/${name}`));
}
