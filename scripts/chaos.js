// Kills whatever Kiln is made of while jobs run, for as long as wanted. usage: npm run chaos -- [--kills N] [--seed N] [--minutes N] [--installations N]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './source-hash.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '600' },
    installations: { type: 'string', default: '2' },
  },
});
for (const [name, value] of Object.entries(values)) {
  if (!/^[1-9][0-9]*$/.test(value)) throw new Error(`--${name} is a whole number from 1 on, not ${value}.`);
}
const env = {
  ...process.env,
  KILN_CHAOS_ANY: values.kills,
  KILN_CHAOS_SEED: values.seed,
  KILN_CHAOS_MINUTES: values.minutes,
  KILN_CHAOS_INSTALLATIONS: values.installations,
};
const vitest = join(ROOT, 'node_modules/.bin/vitest');
const { status } = spawnSync(vitest, ['run', 'apps/worker/chaos.test.ts', '--testNamePattern', 'kills of whatever'], {
  cwd: ROOT,
  stdio: 'inherit',
  env,
});
process.exitCode = status ?? 1;
