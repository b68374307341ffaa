import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const LOCK = {
  packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b-for-another-machine': { version: '1.0.0', optional: true } },
};
const INSTALLED = { packages: { 'node_modules/a': { version: '1.0.0' } } };
const OLD_NODE = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"18.20.0"}})';

/** A clone with one source file, and an `npm`, a build and an `apt-get` that only note that they were called. */
let clone: string;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'kiln-clone-'));
  cpSync(dirname(fileURLToPath(import.meta.url)), join(clone, 'scripts'), { recursive: true });
  write('package.json', { type: 'module' });
  write('package-lock.json', LOCK);
  write('apps/cli/main.ts', 'run();');
  write(
    'scripts/build.js',
    `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
     import { BUILD_STAMP, sourceHash } from './source-hash.js';
     mkdirSync('dist', { recursive: true });
     writeFileSync(BUILD_STAMP, sourceHash());
     appendFileSync('calls', 'build\\n');`,
  );
  program(
    'npm',
    `echo "npm $*" >> calls; mkdir -p node_modules/.bin; echo '${JSON.stringify(INSTALLED)}' > node_modules/.package-lock.json`,
  );
  program('chromium', 'exit 0');
  beds('exit 0');
});

afterEach(() => rmSync(clone, { recursive: true }));

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), typeof content === 'string' ? content : JSON.stringify(content));
}

function program(name: string, script: string): void {
  mkdirSync(join(clone, 'bin'), { recursive: true });
  writeFileSync(join(clone, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** What the installation of each test bed does. */
function beds(script: string): void {
  for (const bed of ['sshd', 'hosts', 'slurm', 'sge']) {
    const path = join(clone, 'libs/testing/beds', bed, 'install');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
}

/** Only what is named in `bin` and `extra` is on the PATH. */
function setup(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}, nodeOptions: readonly string[] = []) {
  writeFileSync(join(clone, 'calls'), '');
  const { status, stderr } = spawnSync(process.execPath, [...nodeOptions, 'scripts/setup.js', ...args], {
    cwd: clone,
    encoding: 'utf8',
    env: { PATH: `${join(clone, 'bin')}:/bin`, CI: '', ...env },
  });
  return { status, stderr, calls: readFileSync(join(clone, 'calls'), 'utf8') };
}

test('a fresh clone gets its packages and is built', () => {
  expect(setup()).toEqual({ status: 0, stderr: 'Installing packages…\nBuilding…\n', calls: 'npm ci --loglevel=error\nbuild\n' });
});

test('a clone that is ready is left alone, in silence', () => {
  setup();
  expect(setup(['--test'])).toEqual({ status: 0, stderr: '', calls: '' });
});

test('a changed source is built again, a changed test is not', () => {
  setup();
  appendFileSync(join(clone, 'apps/cli/main.ts'), 'more();');
  expect(setup().calls).toBe('build\n');
  write('apps/cli/main.test.ts', 'test();');
  expect(setup().calls).toBe('');
});

test('packages are installed again when the lockfile asks for another version', () => {
  setup();
  write('package-lock.json', { packages: { ...LOCK.packages, 'node_modules/a': { version: '2.0.0' } } });
  expect(setup().calls).toContain('npm ci');
});

test('an installation that fails ends the set-up with a sentence', () => {
  program('npm', 'exit 1');
  expect(setup()).toMatchObject({ status: 1, stderr: 'Installing packages…\nInstalling packages failed.\n' });
});

test('a Node that is too old is named', () => {
  const { status, stderr, calls } = setup([], {}, ['--import', OLD_NODE]);
  expect({ status, calls }).toEqual({ status: 1, calls: '' });
  expect(stderr).toBe('Kiln needs Node 20.19 or newer; this is 18.20.0. Get a newer one from https://nodejs.org.\n');
});

test.skipIf(process.platform === 'darwin')('a browser that cannot be had is said, and is an error in CI only', () => {
  setup();
  program('chromium', 'exit 1');
  program('chromium-browser', 'exit 1');
  program('google-chrome', 'exit 1');
  program('apt-get', 'exit 1');
  const path = `${join(clone, 'bin')}`;
  const here = setup(['--test'], { PATH: path });
  expect(here.status).toBe(0);
  expect(here.stderr).toMatch(/No Chromium or Chrome is installed, and .*: install one to run the tests of the dashboard/);
  expect(setup(['--test'], { PATH: path, CI: 'true' }).status).toBe(1);
});

const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

test.runIf(canInstall)('what the test beds need is installed for the tests only', () => {
  setup();
  beds('echo "$0" >> calls');
  expect(setup().calls).toBe('');
  const { status, calls } = setup(['--test']);
  expect(status).toBe(0);
  expect(calls.match(/(?<=beds\/)\w+(?=\/install)/g)).toEqual(['sshd', 'hosts', 'slurm', 'sge']);
});

test.runIf(canInstall)('a test bed that cannot be installed is said, and is an error in CI only', () => {
  setup();
  beds('case $0 in */slurm/*) exit 100;; esac');
  const here = setup(['--test']);
  expect(here.status).toBe(0);
  expect(here.stderr).toBe(
    'The tests on real SSH servers, Slurm and Grid Engine cannot run: apt-get could not install what the test bed slurm needs.\n',
  );
  expect(setup(['--test'], { CI: 'true' }).status).toBe(1);
});

test('a machine that can have no test beds is an error in CI only', () => {
  setup();
  const notRoot = ['--import', 'data:text/javascript,process.getuid=()=>1000'];
  expect(setup(['--test'], {}, notRoot)).toMatchObject({ status: 0, stderr: '' });
  const ci = setup(['--test'], { CI: 'true' }, notRoot);
  expect(ci.status).toBe(1);
  expect(ci.stderr).toMatch(/cannot run: .*only/);
});
