// Makes all generated files anew from what they are generated from. With --check: says whether they differ, and changes nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './source-hash.js';

const GENERATED = ['drizzle', 'apps/api/schema.graphql', 'libs/client/schema.generated.d.ts'];

const before = contents();
try {
  generate();
} finally {
  if (process.argv.includes('--check')) check();
}

function generate() {
  run('.', 'drizzle-kit', ['generate']);
  if (existsSync(join(ROOT, 'apps/api/emit-schema.ts'))) run('.', 'tsx', ['apps/api/emit-schema.ts']);
  run('libs/client', 'gql.tada', ['generate-output']);
}

function check() {
  const after = contents();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file));
  for (const file of changed) restore(file, before.get(file));
  if (changed.length === 0) return;
  console.error(`Out of date: ${changed.join(', ')}. Run "npm run generate" and commit what changed.`);
  process.exitCode = 1;
}

/** @returns {Map<string, string>} */
function contents() {
  return new Map(GENERATED.flatMap(filesBelow).map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesBelow(path) {
  if (!existsSync(join(ROOT, path))) return [];
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(join(ROOT, path), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(`${path}/${entry.name}`) : [`${path}/${entry.name}`],
  );
}

/**
 * @param {string} file
 * @param {string | undefined} content
 */
function restore(file, content) {
  if (content === undefined) return rmSync(join(ROOT, file));
  mkdirSync(dirname(join(ROOT, file)), { recursive: true });
  writeFileSync(join(ROOT, file), content);
}

/**
 * @param {string} directory
 * @param {string} tool
 * @param {string[]} args
 */
function run(directory, tool, args) {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin', tool), args, {
    cwd: join(ROOT, directory),
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (status === 0) return;
  console.error(`${tool} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  process.exitCode = 1;
}
