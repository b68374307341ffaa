import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

type Statuses = readonly string[];

/** Of vitest: a file that could not be loaded has no tests. */
function report(files: Readonly<Record<string, Statuses>>) {
  const testResults = Object.entries(files).map(([name, statuses]) => ({
    name: join(clone, name),
    status: statuses.length === 0 || statuses.includes('failed') ? 'failed' : 'passed',
    assertionResults: statuses.map((status) => ({ status })),
  }));
  return { testResults };
}

const passed: Statuses = ['passed', 'passed', 'passed'];

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

interface Run {
  readonly report?: ReturnType<typeof report>;
  readonly status: number;
}

/** Runs `scripts/test.js` over checks and a vitest that end as told, the first time and the second. `asked`: what vitest was asked for each time. */
function run(checksStatus: number, ...runs: readonly Run[]) {
  writeFileSync(join(clone, 'scripts/check.js'), `process.exit(${checksStatus})`);
  for (const [i, one] of runs.entries()) {
    if (one.report) writeFileSync(join(clone, `report.${i}`), JSON.stringify(one.report));
    writeFileSync(join(clone, `status.${i}`), String(one.status));
  }
  const program = `#!/bin/sh
n=$(ls | grep -c '^asked')
echo "$@" >"asked.$n"
for a; do case $a in --outputFile.json=*) [ ! -e "report.$n" ] || cp "report.$n" "$(echo "$a" | cut -d= -f2)";; esac; done
exit "$(cat "status.$n")"
`;
  writeFileSync(join(clone, 'node_modules/.bin/vitest'), program, { mode: 0o755 });
  const { status, stdout } = spawnSync(process.execPath, ['scripts/test.js'], { cwd: clone, encoding: 'utf8' });
  const asked = readdirSync(clone).filter((name) => name.startsWith('asked'));
  return { status, lines: stdout.trim().split('\n'), asked: asked.map((name) => readFileSync(join(clone, name), 'utf8').trim()) };
}

test('the last line counts the tests', () => {
  expect(run(0, { report: report({ a: passed }), status: 0 })).toMatchObject({ status: 0, lines: ['3 passed, 0 failed'] });
});

test('the last line counts what was skipped', () => {
  const { lines } = run(0, { report: report({ a: passed, b: ['skipped', 'todo', 'pending'] }), status: 0 });
  expect(lines.at(-1)).toBe('3 passed, 0 failed, 3 skipped');
});

test('a file that failed is run again by itself, which is said, and counts as it ended then', () => {
  const first = { report: report({ 'a.test.ts': passed, 'b.test.ts': ['passed', 'failed'] }), status: 1 };
  const { status, lines, asked } = run(0, first, { report: report({ 'b.test.ts': ['passed', 'passed'] }), status: 0 });
  expect({ status, lines }).toEqual({
    status: 0,
    lines: ['Failed when all tests ran, was run again by itself: b.test.ts', '5 passed, 0 failed'],
  });
  expect(asked).toEqual([expect.not.stringContaining('.test.ts'), expect.stringMatching(/ b\.test\.ts$/)]);
});

test('a test that fails again fails the run', () => {
  const failed = { report: report({ a: passed, b: ['failed'] }), status: 1 };
  const { status, lines } = run(0, failed, { report: report({ b: ['failed'] }), status: 1 });
  expect({ status, last: lines.at(-1) }).toEqual({ status: 1, last: '3 passed, 1 failed' });
});

test('what chance found is not run again', () => {
  const chance = run(0, { report: report({ a: passed, 'apps/worker/chaos.test.ts': ['failed'] }), status: 1 });
  expect(chance).toMatchObject({ status: 1, lines: ['3 passed, 1 failed'], asked: [expect.anything()] });
});

test('what fails in many files is not run again', () => {
  const many = run(0, { report: report({ a: passed, b: ['failed'], c: ['failed'], d: ['failed'], e: ['failed'] }), status: 1 });
  expect(many).toMatchObject({ status: 1, lines: ['3 passed, 4 failed'], asked: [expect.anything()] });
});

test('a file that cannot be loaded counts as a failed test', () => {
  const failed = { report: report({ a: passed, b: [] }), status: 1 };
  expect(run(0, failed, { report: report({ b: [] }), status: 1 })).toMatchObject({
    status: 1,
    lines: [expect.anything(), '3 passed, 1 failed'],
  });
});

test('a failed check fails the run and is said before the last line', () => {
  const { status, lines } = run(1, { report: report({ a: passed }), status: 0 });
  expect({ status, lines }).toEqual({ status: 1, lines: ['A check failed: see ✗ above.', '3 passed, 0 failed'] });
});

test('an error outside all tests fails the run', () => {
  const { status, lines } = run(0, { report: report({ a: passed }), status: 1 });
  expect({ status, last: lines.at(-1) }).toEqual({ status: 1, last: '3 passed, 0 failed' });
});

test('a run without any test fails', () => {
  expect(run(0, { status: 1 })).toMatchObject({ status: 1, lines: [expect.anything(), 'No test ran.', '0 passed, 0 failed'] });
});
