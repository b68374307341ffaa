// Makes a clone ready to run: packages, build and, with --test, what the tests need of the machine. Plain Node: nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installBeds } from './install-beds.js';
import { installBrowser } from './install-browser.js';
import { BUILD_STAMP, ROOT, sourceHash } from './source-hash.js';

const OLDEST_NODE = [20, 19];

requireNode();
if (!packagesAreInstalled()) run('Installing packages', 'npm', ['ci', '--loglevel=error']);
if (!buildIsFresh()) run('Building', process.execPath, [join(ROOT, 'scripts/build.js')]);
linkCommand();
if (process.argv.includes('--test')) {
  installBrowser();
  installBeds();
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  console.error(
    `Kiln needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}. Get a newer one from https://nodejs.org.`,
  );
  process.exit(1);
}

/** npm notes what it installed in node_modules/.package-lock.json, when it is done. Packages for other machines are missing there. */
function packagesAreInstalled() {
  const note = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(note)) return false;
  const installed = JSON.parse(readFileSync(note, 'utf8')).packages;
  const wanted = Object.entries(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages);
  return wanted
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, { version, optional, devOptional }]) =>
      installed[path] ? installed[path].version === version : Boolean(optional || devOptional),
    );
}

function buildIsFresh() {
  return existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, 'utf8') === sourceHash();
}

/** npm links the commands of installed packages, for `npx`, but not the clone's own. */
function linkCommand() {
  const link = join(ROOT, 'node_modules/.bin/kiln');
  if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync('../../dist/kiln.js', link);
}

/**
 * @param {string} what
 * @param {string} program
 * @param {string[]} args
 */
function run(what, program, args) {
  console.error(`${what}…`);
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: ['ignore', program === 'npm' ? 'ignore' : 'inherit', 'inherit'] });
  if (status === 0) return;
  console.error(`${what} failed${error ? `: ${error.message}` : ''}.`);
  process.exit(1);
}
