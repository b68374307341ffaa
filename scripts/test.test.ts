import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ALL_PASS = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

let clone: string;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'kiln-clone-'));
  mkdirSync(join(clone, 'scripts'));
  mkdirSync(join(clone, 'node_modules/.bin'), { recursive: true });
  writeFileSync(join(clone, 'package.json'), '{"type":"module"}');
  for (const script of ['test.js', 'source-hash.js']) {
    cpSync(fileURLToPath(new URL(script, import.meta.url)), join(clone, 'scripts', script));
  }
});

afterEach(() => rmSync(clone, { recursive: true }));

/** Runs `scripts/test.js` over checks and a vitest that end as told. */
function run(checksStatus: number, report: unknown, vitestStatus: number): { status: number | null; lines: string[] } {
  writeFileSync(join(clone, 'scripts/check.js'), `process.exit(${checksStatus})`);
  writeFileSync(join(clone, 'report.json'), JSON.stringify(report ?? null));
  const copy =
    report === undefined ? '' : 'for a; do case $a in --outputFile.json=*) cp report.json "$(echo "$a" | cut -d= -f2)";; esac; done';
  writeFileSync(join(clone, 'node_modules/.bin/vitest'), `#!/bin/sh\n${copy}\nexit ${vitestStatus}\n`, { mode: 0o755 });
  const { status, stdout } = spawnSync(process.execPath, ['scripts/test.js'], { cwd: clone, encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n') };
}

test('the last line counts the tests', () => {
  expect(run(0, ALL_PASS, 0)).toEqual({ status: 0, lines: ['3 passed, 0 failed'] });
  expect(run(0, { ...ALL_PASS, numPendingTests: 2, numTodoTests: 1 }, 0).lines.at(-1)).toBe('3 passed, 0 failed, 3 skipped');
});

test('a failed test fails the run', () => {
  expect(run(0, { ...ALL_PASS, numFailedTests: 1 }, 1)).toEqual({ status: 1, lines: ['3 passed, 1 failed'] });
});

test('a file that cannot be loaded counts as a failed test', () => {
  const testResults = [{ status: 'failed', assertionResults: [] }];
  expect(run(0, { ...ALL_PASS, testResults }, 1)).toEqual({ status: 1, lines: ['3 passed, 1 failed'] });
});

test('a failed check fails the run and is said before the last line', () => {
  expect(run(1, ALL_PASS, 0)).toEqual({ status: 1, lines: ['A check failed: see ✗ above.', '3 passed, 0 failed'] });
});

test('an error outside all tests fails the run', () => {
  const { status, lines } = run(0, ALL_PASS, 1);
  expect(status).toBe(1);
  expect(lines.at(-1)).toBe('3 passed, 0 failed');
});

test('a run without any test fails', () => {
  expect(run(0, undefined, 1)).toMatchObject({ status: 1 });
  expect(run(0, { ...ALL_PASS, numPassedTests: 0 }, 0)).toEqual({ status: 1, lines: ['No test ran.', '0 passed, 0 failed'] });
});
