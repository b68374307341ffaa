import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Sees to it that the dashboard's tests find a browser; says why not where that is beyond it, which is an error in CI. */
export function installBrowser() {
  if (findBrowser()) return;
  const obstacle = whyNotHere() ?? aptInstall();
  if (!obstacle) return;
  console.error(`No Chromium or Chrome is installed, and ${obstacle}: install one to run the tests of the dashboard.`);
  if (process.env.CI) process.exit(1);
}

/** The path of a Chromium or Chrome that works. */
export function findBrowser() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), MAC].find(isBrowser);
}

/** @param {string} path */
function isBrowser(path) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return false; // Not there, or not for us.
  }
  // Ubuntu's package is a program that only says that a snap is needed.
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 60_000 }).status === 0;
}

function whyNotHere() {
  if (!existsSync('/usr/bin/apt-get')) return 'this is not Debian or Ubuntu, where it could be installed for you';
  if (process.getuid?.() !== 0) return 'only root can install it for you (apt-get install chromium)';
  return undefined;
}

/** What went wrong, if anything. */
function aptInstall() {
  console.error('Installing Chromium…');
  const install = ['install', '--yes', '--no-install-recommends', 'chromium'];
  if (!apt(install) && !(apt(['update']) && apt(install, 'inherit'))) return 'apt-get could not install it';
  return findBrowser() ? undefined : 'the one that apt-get installs does not work here';
}

/**
 * @param {string[]} args
 * @param {'ignore' | 'inherit'} errors
 */
function apt(args, errors = 'ignore') {
  return (
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      stdio: ['ignore', 'ignore', errors],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  );
}
