// All checks, then all tests. The last line says how many tests passed and failed. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT } from './source-hash.js';

const folder = mkdtempSync(join(tmpdir(), 'kiln-report-'));
/** What chance finds is not to be judged by a second try. */
const ONCE = ['apps/worker/chaos.test.ts', 'apps/worker/cloud-kills.test.ts'];
/** Files: with more of them something is broken. */
const TRIED_AGAIN = 3;

const checksPass = run(process.execPath, ['scripts/check.js']);
const first = test(process.argv.slice(2));
const second = again(first.files.filter(({ failed }) => failed > 0));
rmSync(folder, { recursive: true });

const files = first.files.map((file) => second.files.find(({ name }) => name === file.name) ?? file);
const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')];
if (!checksPass) console.log('A check failed: see ✗ above.');
if (!first.pass && sum('failed', first.files) === 0) console.log('The tests ended with an error that belongs to no test: see above.');
if (passed + failed === 0) console.log('No test ran.');
for (const { name } of second.files) console.log(`Failed when all tests ran, was run again by itself: ${relative(ROOT, name)}`);
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exitCode = checksPass && (first.pass || second.pass) && failed === 0 && passed > 0 ? 0 : 1;

/**
 * Files that failed while all ran are tried once more by themselves, and the output says so.
 * @param {File[]} failing
 */
function again(failing) {
  const all = process.argv.length === 2;
  if (!all || failing.length === 0 || failing.length > TRIED_AGAIN) return { pass: false, files: [] };
  const names = failing.map(({ name }) => relative(ROOT, name));
  if (names.some((name) => ONCE.includes(name))) return { pass: false, files: [] };
  return test(names);
}

/**
 * @typedef {{ name: string, passed: number, failed: number, skipped: number }} File
 * @param {string[]} args
 * @returns {{ pass: boolean, files: File[] }}
 */
function test(args) {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const pass = run(join(ROOT, 'node_modules/.bin/vitest'), ['run', ...reporters, ...args]);
  if (!existsSync(report)) return { pass, files: [] };
  /** @type {{ testResults: { name: string, status: string, assertionResults: { status: string }[] }[] }} */
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  return { pass, files: testResults.map(counted) };
}

/**
 * A file that fails before its tests are known counts as one failed test.
 * @param {{ name: string, status: string, assertionResults: { status: string }[] }} file
 * @returns {File}
 */
function counted({ name, status, assertionResults }) {
  const count = (/** @type {string} */ wanted) => assertionResults.filter((one) => one.status === wanted).length;
  const [passed, failed] = [count('passed'), count('failed')];
  return {
    name,
    passed,
    failed: status === 'failed' && failed === 0 ? 1 : failed,
    skipped: assertionResults.length - passed - failed,
  };
}

/** @param {'passed' | 'failed' | 'skipped'} what */
function sum(what, among = files) {
  return among.reduce((total, file) => total + file[what], 0);
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, args) {
  return spawnSync(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}
