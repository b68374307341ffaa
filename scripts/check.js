// Everything that can be said about the sources without running them. All checks run, then the first failure counts.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './source-hash.js';

const CHECKS = [
  { name: 'generated files', program: ['node', 'scripts/generate.js', '--check'], first: true },
  { name: 'format and lint', program: ['biome', 'check', '--error-on-warnings', '--max-diagnostics=100', '.'] },
  { name: 'types', program: ['tsc', '--project', 'tsconfig.json'] },
  { name: 'types of the dashboard', program: ['tsc', '--project', 'apps/dashboard'], needs: 'apps/dashboard/index.html' },
  { name: 'imports', program: ['depcruise', '--config', '.dependency-cruiser.cjs', 'apps', 'libs'] },
  { name: 'dead code', program: ['knip', '--no-progress', '--no-config-hints'] },
];

const waiting = CHECKS.filter(({ needs }) => !needs || existsSync(join(ROOT, needs)));
// This one changes files for a moment, which the others must not see.
for (const check of waiting.filter(({ first }) => first)) await run(check);
const rest = waiting.filter(({ first }) => !first);
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));

async function worker() {
  for (let check = rest.shift(); check; check = rest.shift()) await run(check);
}

/**
 * Says how a check ended and, where it failed, why.
 * @param {{ name: string, program: string[] }} check
 * @returns {Promise<void>}
 */
function run({ name, program: [tool = '', ...args] }) {
  const file = tool === 'node' ? process.execPath : join(ROOT, 'node_modules/.bin', tool);
  const child = spawn(file, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => {
      output += error.message;
    });
    child.on('close', (code) => {
      if (code !== 0) process.exitCode = 1;
      console.log(code === 0 ? `✓ ${name}` : `✗ ${name}\n${output.trimEnd()}`);
      resolve();
    });
  });
}
