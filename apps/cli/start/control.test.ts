import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askControl, holdControl } from './control.ts';

const ANSWERS = { 'sign-in': async () => 'a link', database: async () => 'a database', address: async () => 'http://here' };
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kiln-control-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

it('one process at a time holds a home, and tells others what they ask', async () => {
  const control = await holdControl(home, ANSWERS);
  expect(control).toBeDefined();
  expect(await holdControl(home, ANSWERS)).toBeUndefined();
  expect(await askControl(home, 'address')).toBe('http://here');
  expect((await stat(join(home, 'up.sock'))).mode & 0o777).toBe(0o600);
  await control?.close();
  expect(await askControl(home, 'address')).toBeUndefined();
});

it('of many that begin together exactly one gets it', async () => {
  const held = (await Promise.all(Array.from({ length: 20 }, () => holdControl(home, ANSWERS)))).filter((one) => one !== undefined);
  expect(held).toHaveLength(1);
  await held[0]?.close();
});

it('a holder that was killed leaves nothing that stands in the way', async () => {
  const path = join(home, 'up.sock');
  const child = spawn(process.execPath, [
    '-e',
    `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('held'))`,
  ]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  expect((await stat(path)).isSocket()).toBe(true);
  expect(await askControl(home, 'address')).toBeUndefined();
  const control = await holdControl(home, ANSWERS);
  expect(await askControl(home, 'sign-in')).toBe('a link');
  await control?.close();
});

it('a home with a very long path works, too', async () => {
  const long = join(home, 'x'.repeat(120));
  const control = await holdControl(long, ANSWERS);
  expect(await askControl(long, 'database')).toBe('a database');
  await control?.close();
});

it('an answer that fails fails for whoever asked, with its sentence', async () => {
  const control = await holdControl(home, { ...ANSWERS, 'sign-in': async () => Promise.reject(new Error('The database is gone.')) });
  await expect(askControl(home, 'sign-in')).rejects.toThrow('The database is gone.');
  await control?.close();
});
