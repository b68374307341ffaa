// All checks, then all tests. The last line says how many tests passed and failed. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './source-hash.js';

const folder = mkdtempSync(join(tmpdir(), 'kiln-report-'));
const report = join(folder, 'report.json');
const checksPass = run(process.execPath, ['scripts/check.js']);
const testsPass = run(join(ROOT, 'node_modules/.bin/vitest'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
const { passed, failed, skipped } = count();
rmSync(folder, { recursive: true });

if (!checksPass) console.log('A check failed: see ✗ above.');
if (!testsPass && failed === 0) console.log('The tests ended with an error that belongs to no test: see above.');
if (passed + failed === 0) console.log('No test ran.');
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exitCode = checksPass && testsPass && failed === 0 && passed > 0 ? 0 : 1;

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, args) {
  return spawnSync(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

/** A file that fails before its tests are known counts as one failed test. */
function count() {
  if (!existsSync(report)) return { passed: 0, failed: 0, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const broken = testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests + numTodoTests };
}
