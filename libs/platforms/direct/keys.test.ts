import { chmod, link, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localShell } from '../shells/local.ts';
import { createKey } from '../shells/ssh.ts';
import { changeKeys, onlyOnce, restrictedKey } from './keys.ts';

const MARKS = 'kiln-direct-0a1b2c3d';
const ONE = '11111111-aaaa-4bbb-8ccc-000000000001';
const TWO = '22222222-aaaa-4bbb-8ccc-000000000002';

let home: string;
let file: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "kiln keys'"));
  await mkdir(join(home, '.ssh'), { mode: 0o700 });
  file = join(home, '.ssh/authorized_keys');
});
afterEach(() => rm(home, { recursive: true }));

const shell = (environment = {}) => localShell({ ...process.env, ...environment, HOME: home });
const change = (drop: readonly string[], line?: string, expires = false) =>
  changeKeys(shell(), { name: 'box', root: join(home, 'root') }, { marks: MARKS, id: ONE, drop, ...(line && { add: { line, expires } }) });
const lineOf = (id: string, command = 'exec true') => restrictedKey(createKey(`${MARKS}-${id}`).publicKey, command);
const names = async () => (await readdir(join(home, '.ssh'))).sort();

test.each([
  { what: 'without an end of its last line', text: '# mine\nssh-ed25519 AAAA ann@home' },
  { what: 'with ends of lines of another system', text: 'ssh-ed25519 AAAA ann@home\r\n\r\nssh-rsa BBBB ann@work\r\n' },
  { what: 'with long lines', text: `ssh-rsa ${'A'.repeat(300_000)} ann@home\n#${'x'.repeat(100_000)}` },
  { what: 'with bytes that are no text', text: Buffer.from([0xef, 0xbb, 0xbf, 0x23, 0xff, 0xfe, 0x0a, 0x80, 0x81]) },
  { what: 'that is empty', text: '' },
  { what: 'with options like those of Kiln', text: `command="echo \\"x\\" ${MARKS}-${ONE}" ssh-rsa AAAA ann\n# ${MARKS}-${ONE} \n` },
])('a file $what is as before when a key has come and gone', async ({ text }) => {
  await writeFile(file, text, { mode: 0o640 });
  const before = await readFile(file);
  const line = lineOf(ONE);
  expect(await change([], line)).toEqual([ONE]);
  expect(Buffer.concat([Buffer.from(`${line}\n`), before]).equals(await readFile(file))).toBe(true);
  expect((await stat(file)).mode & 0o777).toBe(0o640);
  expect(await change([ONE])).toEqual([]);
  expect(before.equals(await readFile(file))).toBe(true);
  expect((await stat(file)).mode & 0o777).toBe(0o640);
  expect(await names()).toEqual(['authorized_keys']);
});

test('a link stays one, and the file that it leads to is changed', async () => {
  await mkdir(join(home, 'dot files'));
  await writeFile(join(home, 'dot files/keys'), 'ssh-rsa AAAA ann\n');
  await symlink('../dot files/keys', file);
  await change([], lineOf(ONE));
  expect((await lstat(file)).isSymbolicLink()).toBe(true);
  expect(await readFile(join(home, 'dot files/keys'), 'utf8')).toMatch(/^restrict,.*\nssh-rsa AAAA ann\n$/);
});

test('a key that was dropped takes no other along, and others of Kiln are told', async () => {
  await writeFile(file, '');
  const [one, two] = [lineOf(ONE), lineOf(TWO)];
  await change([], one);
  expect([...(await change([], two))].sort()).toEqual([ONE, TWO]);
  expect(await change([ONE])).toEqual([TWO]);
  expect(await readFile(file, 'utf8')).toBe(`${two}\n`);
});

test('many that change the file at the same time lose nothing of each other', { timeout: 60_000 }, async () => {
  await writeFile(file, 'ssh-rsa AAAA ann');
  const ids = Array.from({ length: 6 }, (_, i) => `${String(i).padStart(8, '0')}-aaaa-4bbb-8ccc-000000000000`);
  await Promise.all(ids.map((id) => change([], lineOf(id))));
  expect(await change([])).toHaveLength(6);
  await Promise.all(ids.map((id) => change([id])));
  expect(await readFile(file, 'utf8')).toBe('ssh-rsa AAAA ann');
});

test('a lock that somebody left is taken after two minutes', async () => {
  await writeFile(file, '');
  const lock = join(home, '.ssh/.kiln-keys');
  await mkdir(lock);
  await shell().run(['touch', '-d', '2 minutes ago', lock]);
  expect(await change([], lineOf(ONE))).toEqual([ONE]);
  expect(await names()).toEqual(['authorized_keys']);
});

test('a file that is not there, or that is not to be changed, stays so', async () => {
  await expect(change([], lineOf(ONE))).rejects.toMatchObject({ message: expect.stringContaining('there is no ~/.ssh/authorized_keys') });
  expect(await names()).toEqual([]);
  await writeFile(file, 'ssh-rsa AAAA ann\n');
  await link(file, join(home, 'other'));
  await expect(change([], lineOf(ONE))).rejects.toMatchObject({ message: expect.stringContaining('not to be changed') });
  await rm(join(home, 'other'));
  await chmod(file, 0o400);
  await expect(change([], lineOf(ONE))).rejects.toMatchObject({ message: expect.stringContaining('not to be changed') });
  expect(await readFile(file, 'utf8')).toBe('ssh-rsa AAAA ann\n');
});

test('a key expires by the clock of its server', async () => {
  await writeFile(file, '');
  await change([], lineOf(ONE), true);
  const [, until = ''] = /^expiry-time="(\d{14})",restrict,command="/.exec(await readFile(file, 'utf8')) ?? [];
  const [, ...parts] = /^(....)(..)(..)(..)(..)(..)$/.exec(until) ?? [];
  const [year = 0, month = 0, ...rest] = parts.map(Number);
  const left = new Date(year, month - 1, ...rest).getTime() - Date.now();
  expect(left).toBeGreaterThan(600_000);
  expect(left).toBeLessThan(1_000_000);
});

test('a command of any letters becomes one option, and one that is too long is refused', () => {
  expect(lineOf(ONE, `exec sh -c 'echo "a \\0042"'`)).toMatch(/^restrict,command="exec sh -c 'echo \\"a \\0042\\"'" ssh-ed25519 /);
  for (const command of ['x'.repeat(9000), 'a\nb', 'a\\']) expect(() => lineOf(ONE, command)).toThrow();
});

test('a key runs its command once, though the key itself is gone when the command begins', async () => {
  await writeFile(file, '');
  const root = join(home, 'root');
  const run = () => shell({ TAR_OPTIONS: '--version' }).run(onlyOnce(root, ONE, ['sh', '-c', 'echo "$1$TAR_OPTIONS"', 'sh', 'done']));
  expect((await run()).code).toBe(1);
  await change([], lineOf(ONE));
  await change([ONE]);
  expect(await run()).toMatchObject({ code: 0, stdout: 'done\n' });
  expect(await run()).toMatchObject({ code: 1, stdout: '', stderr: 'this key was used already\n' });
  expect(await readdir(root)).toEqual([]);
});
