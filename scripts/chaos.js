// Kills whatever Kiln is made of while jobs run, for as long as wanted; with --cloud, in one installation, workers and the API while machines
// come and go in a cloud. usage: npm run chaos -- [--cloud] [--kills N] [--seed N] [--minutes N] [--installations N]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './source-hash.js';

const { values } = parseArgs({
  options: {
    cloud: { type: 'boolean', default: false },
    kills: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '600' },
    installations: { type: 'string', default: '2' },
  },
});
const { cloud, ...numbers } = values;
for (const [name, value] of Object.entries(numbers)) {
  if (!/^[1-9][0-9]*$/.test(value)) throw new Error(`--${name} is a whole number from 1 on, not ${value}.`);
}
const env = {
  ...process.env,
  KILN_CHAOS_ANY: numbers.kills,
  KILN_CHAOS_SEED: numbers.seed,
  KILN_CHAOS_MINUTES: numbers.minutes,
  KILN_CHAOS_INSTALLATIONS: numbers.installations,
};
const vitest = join(ROOT, 'node_modules/.bin/vitest');
const tests = cloud ? ['apps/worker/cloud-kills.test.ts'] : ['apps/worker/chaos.test.ts', '--testNamePattern', 'kills of whatever'];
const { status } = spawnSync(vitest, ['run', ...tests], { cwd: ROOT, stdio: 'inherit', env });
process.exitCode = status ?? 1;
