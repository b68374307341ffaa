import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LogFile } from './log-file.ts';

const LINE = 'x'.repeat(99);
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kiln-log-'));
  file = join(folder, 'kiln.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('a log that has grown large is put aside while it is written, and no line is lost', async () => {
  const log = new LogFile(file, null, 1000);
  for (let n = 0; n < 30; n += 1) {
    log.write(`${n} ${LINE}\n`);
    await new Promise((resolve) => setTimeout(resolve, 2)); // a name each: they are told apart by the millisecond
  }
  log.close();
  const names = (await readdir(folder)).sort();
  expect(names.length).toBeGreaterThan(2);
  const lines = await Promise.all(names.map(async (name) => (await readFile(join(folder, name), 'utf8')).trim().split('\n')));
  const numbers = lines.flat().map((line) => Number(line.split(' ')[0]));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => n));
  for (const name of names) {
    const { size, mode } = await stat(join(folder, name));
    expect(size).toBeLessThan(1300);
    expect(mode & 0o777).toBe(0o600);
  }
});

it('two that write the same log both go on in the new one', async () => {
  const [one, two] = [new LogFile(file, null, 1000), new LogFile(file, null, 1000)];
  for (let n = 0; n < 12; n += 1) one.write(`${LINE}\n`);
  for (let n = 0; n < 12; n += 1) two.write(`${LINE}\n`);
  one.write('last of one\n');
  two.write('last of two\n');
  one.close();
  two.close();
  expect(await readFile(file, 'utf8')).toMatch(/last of one[\s\S]*last of two/);
});

it('what was put aside is removed when it is old, and nothing else is', async () => {
  const old = new Date(Date.now() - 10_000_000);
  for (const name of ['kiln.log.1', 'kiln.log.2', 'worker.log.1']) await writeFile(join(folder, name), '');
  for (const name of ['kiln.log.1', 'worker.log.1']) await utimes(join(folder, name), old, old);
  new LogFile(file, 5_000_000).close();
  expect((await readdir(folder)).sort()).toEqual(['kiln.log', 'kiln.log.2', 'worker.log.1']);
});

it('goes on without a log where none can be written', () => {
  const log = new LogFile('/dev/full', null);
  expect(() => log.write('nobody reads this\n')).not.toThrow();
  log.close();
});
