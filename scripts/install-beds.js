import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './source-hash.js';

/** An OpenStack is large: it is installed by hand, and for CI. */
const BEDS = [['sshd'], ['hosts'], ['slurm'], ['sge'], ...(process.env.CI ? [['openstack', '--real']] : [])];

/** Sees to it that the tests find the servers and schedulers they speak to. Where it cannot, the tests say what they skip; CI skips nothing. */
export function installBeds() {
  const beyond = whyNotHere();
  const obstacle = beyond ?? failed();
  if (!obstacle) return;
  if (!beyond || process.env.CI) console.error(`The tests on real SSH servers, Slurm and Grid Engine cannot run: ${obstacle}.`);
  if (process.env.CI) process.exit(1);
}

function whyNotHere() {
  if (!existsSync('/usr/bin/apt-get')) return 'what they need can be installed for you on Debian and Ubuntu only';
  if (process.getuid?.() !== 0) return 'only root can start what they need';
  return undefined;
}

/** What went wrong, if anything. */
function failed() {
  const bed = BEDS.find((words) => !install(words));
  return bed && `apt-get could not install what the test bed ${bed[0]} needs`;
}

/** @param {string[]} words */
function install([bed = '', ...options]) {
  return spawnSync(join(ROOT, 'libs/testing/beds', bed, 'install'), options, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}
