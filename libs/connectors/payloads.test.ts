import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createCatalog } from './catalog.ts';
import { checkConnector } from './doctor.ts';
import { loadFolder } from './load.ts';
import { temporary, write } from './sample-folder.ts';

const run = promisify(execFile);
const PAYLOADS = fileURLToPath(new URL('../../payloads', import.meta.url));

/** Runs a task of a shipped connector, by its first line or by a given shell. */
async function task(name: string, environment: Record<string, string> = {}, shell?: string): Promise<(file: string) => Promise<string>> {
  const output = await temporary();
  const main = join(PAYLOADS, name, 'process_payload/main.sh');
  const [program, ...rest] = shell ? [shell, main] : [main];
  await run(program ?? main, [...rest, output, output], { env: { PATH: process.env.PATH, ...environment } });
  return (file) => readFile(join(output, file), 'utf8');
}

describe('the shipped connectors', () => {
  it('are sound, and the doctor has nothing to say against them', async () => {
    const cache = await temporary();
    for (const entry of await createCatalog({ folders: [PAYLOADS], cache }).scan()) {
      expect(entry).toMatchObject({ state: 'sound' });
      expect((await checkConnector(entry.path, cache)).filter(({ level }) => level !== 'ok')).toEqual([]);
    }
  });

  it('move to the cloud when the word `unix` becomes `cloud`', async () => {
    const parent = await temporary();
    await cp(join(PAYLOADS, 'randnum'), join(parent, 'randnum'), { recursive: true });
    const yaml = await readFile(join(parent, 'randnum/connector.yaml'), 'utf8');
    await write(parent, { 'randnum/connector.yaml': yaml.replace('runsOn: unix', 'runsOn: cloud') });
    expect((await loadFolder(join(parent, 'randnum'), parent)).connector).toMatchObject({ runsOn: ['cloud'] });
  });
});

describe.each([undefined, 'sh', 'bash'])('run by %s', (shell) => {
  it('randnum writes a number and the date', async () => {
    const [number, date] = (await (await task('randnum', {}, shell))('signed_randnum')).split('\n');
    expect(number).toMatch(/^\d{1,5}$/);
    expect(date).toMatch(/\d\d:\d\d:\d\d/);
  });

  it('randnum-internal-sweep writes a pair of numbers that no other task writes', async () => {
    const outputs = await Promise.all([1, 2].map(() => task('randnum-internal-sweep', {}, shell)));
    const numbers = (await Promise.all(outputs.map((read) => read('rand')))).join('').trim().split('\n').map(Number);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size).toBe(4);
  });

  it('pi estimates pi, the same for the same seed', async () => {
    const estimate = async (seed: string) => (await task('pi', { samples: '100000', seed }, shell))('pi.json');
    const { pi, error } = JSON.parse(await estimate('1'));
    expect(Math.abs(pi - Math.PI)).toBeLessThan(5 * error);
    expect(await estimate('1')).toBe(await estimate('1'));
    expect(await estimate('2')).not.toBe(await estimate('1'));
  });
});
