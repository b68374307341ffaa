import { execFile } from 'node:child_process';
import { access, copyFile, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import definition from '../../payloads/rmc-lite/connector.ts';
import { DEFAULTS, iterate, recordOf, sweepOf } from './rmc-lite-job.ts';
import { temporary } from './sample-folder.ts';

const run = promisify(execFile);
const PAYLOAD = fileURLToPath(new URL('../../payloads/rmc-lite/process_payload', import.meta.url));
const AWKS = await found(['mawk', 'gawk', 'original-awk', 'busybox']);

describe('the iterations of rmc-lite', () => {
  it('lower the criterion until one gains no more than the error threshold', async () => {
    const { history, results } = await iterate({ steps: 3000, error_threshold: 0.1 }, 20);
    const criteria = history.map(({ criterion }) => Number(criterion));
    expect(history.length).toBeGreaterThan(2);
    expect(history.map(({ ending }) => ending)).toEqual([...history.slice(1).map(() => null), 'converged']);
    const gains = criteria.slice(1).map((criterion, index) => Number(criteria[index]) - criterion);
    expect(gains.slice(0, -1).every((gain) => gain > 0.1)).toBe(true);
    expect(gains.at(-1)).toBeGreaterThanOrEqual(0);
    expect(gains.at(-1)).toBeLessThanOrEqual(0.1);
    expect(history.at(-1)?.note).toMatch(/^The criterion fell by [\d.]+ to [\d.]+, by no more than the error threshold of 0\.1\.$/);
    expect(results.map(({ values }) => values['istart'])).toEqual([2, 2, ...results.slice(2).map(() => 1)]);
    expect(new Set(results.map(({ values }) => values['iseed'])).size).toBe(results.length);
  });

  it('go on to the maximum if the threshold is never met', async () => {
    const { history } = await iterate({ steps: 300, error_threshold: 0 }, 3);
    expect(history.map(({ ending }) => ending)).toEqual([null, null, 'maximum']);
    expect(history.at(-1)?.note).toMatch(/by more than the error threshold of 0\.$/);
  });

  it('keep the best results, which are where the next tasks start', async () => {
    const { history, results } = await iterate({ steps: 200, kept_results: 2, fanout_per_kept_result: 3, error_threshold: 0 }, 2);
    const [first, second] = history;
    expect(results.map(({ iteration }) => iteration)).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1]);
    const sorted = Object.entries(first?.scores ?? {}).sort(([, a], [, b]) => a - b);
    expect(first?.kept).toEqual(sorted.slice(0, 2).map(([number]) => Number(number)));
    for (const { number, input } of results.filter(({ iteration }) => iteration === 1)) {
      const from = first?.inputs.find(({ name }) => name === input)?.from;
      expect(second?.scores[number]).toBeLessThan(Number(first?.scores[String(from)]));
    }
    const from = results.find(({ number }) => number === first?.kept[1]);
    const last = results.at(-1);
    expect(await readFile(join(last?.inputDirectory ?? '', 'input_initial.xyz'), 'utf8')).toBe(
      await readFile(join(from?.directory ?? '', 'xyz_final.xyz'), 'utf8'),
    );
    expect(await readFile(join(last?.inputDirectory ?? '', 'audit.txt'), 'utf8')).toBe(
      `Run ${from?.number} preserved (error ${first?.scores[String(from?.number)]})\n`,
    );
  });

  it('anneal with 4N seeds first, and then each of N kept results at four temperatures', async () => {
    const { history, results } = await iterate({ steps: 100, optimisation_scheme: 'MCSA', kept_results: 2, error_threshold: 0 }, 2);
    const [first, second] = [0, 1].map((number) => results.filter(({ iteration }) => iteration === number));
    expect(first?.map(({ values }) => values['temp'])).toEqual(Array(8).fill(300));
    expect(new Set(first?.map(({ values }) => values['iseed'])).size).toBe(8);
    expect(second?.map(({ values }) => values['temp'])).toEqual([300, 700, 1100, 1500, 300, 700, 1100, 1500]);
    expect(new Set(second?.map(({ values }) => values['iseed'])).size).toBe(1);
    expect(history.map(({ kept }) => kept.length)).toEqual([2, 2]);
  });

  it('are the same each time', async () => {
    const once = async (iseed: number) => (await iterate({ steps: 200, iseed, error_threshold: 0 }, 3)).history;
    const history = await once(7);
    expect(await once(7)).toEqual(history);
    expect(await once(8)).not.toEqual(history);
  });

  it('begin anew if nothing was kept', async () => {
    const nothing = await definition.transform?.({ parameters: DEFAULTS, iteration: 0, tasks: [], history: [] });
    expect(nothing).toMatchObject({ keep: [], inputs: [] });
    const record = recordOf(0, nothing ?? {}, []);
    expect(await definition.converged?.({ parameters: DEFAULTS, iterations: [record] })).toMatchObject({ done: false });
    expect(sweepOf(DEFAULTS, 1, record)).toMatchObject({ istart: [2] });
  });
});

describe('a task of rmc-lite', () => {
  it('never ends worse than it started, not even when it is too hot', async () => {
    const start = await task({ steps: '2000' });
    const hot = await task({ istart: '1', steps: '300', temp: '9999999' }, { start: join(start, 'xyz_final.xyz') });
    expect(await readFile(join(hot, 'rmc.log'), 'utf8')).toMatch(/^300 (?!0\.)\d+\./m);
    expect(await readFile(join(hot, 'criterion.txt'), 'utf8')).toBe(await readFile(join(start, 'criterion.txt'), 'utf8'));
    expect(await readFile(join(hot, 'gr.dat'), 'utf8')).toBe(await readFile(join(start, 'gr.dat'), 'utf8'));
  });

  it('ends with the best that it came by, not with the last', async () => {
    const output = await task({ steps: '2000', temp: '100000' });
    const logged = (await readFile(join(output, 'rmc.log'), 'utf8')).trim().split('\n').slice(1);
    const criteria = logged.map((line) => Number(line.split(' ')[1]));
    expect(criteria).toHaveLength(2);
    expect(Number(await readFile(join(output, 'criterion.txt'), 'utf8'))).toBeLessThan(Math.min(...criteria));
  });

  it('writes the criterion of the configuration that it writes', async () => {
    const output = await task({ steps: '1000' });
    const [count, head, ...atoms] = (await readFile(join(output, 'xyz_final.xyz'), 'utf8')).trim().split('\n');
    const box = Number(head?.split(' ')[1]);
    const places = atoms.map((line) => line.split(' ').slice(1, 3).map(Number) as [number, number]); // each line has x and y
    expect(places).toHaveLength(Number(count));
    const rings = (await readFile(join(output, 'gr.dat'), 'utf8')).trim().split('\n').slice(1);
    const g = radialDistribution(places, box, rings.length);
    let criterion = 0;
    for (const [index, line] of rings.entries()) {
      const [, written, target] = line.split(' ').map(Number);
      expect(g[index]).toBeCloseTo(Number(written), 5);
      criterion += (Number(g[index]) - Number(target)) ** 2;
    }
    expect(Number(await readFile(join(output, 'criterion.txt'), 'utf8'))).toBeCloseTo(criterion, 6);
  });

  it.skipIf(AWKS.length < 2)(`gives the same bytes with ${AWKS.join(', ')}`, async () => {
    const outputs = await Promise.all(AWKS.map((awk) => task({ steps: '1000', temp: '1500' }, { awk })));
    const [first, ...others] = await Promise.all(outputs.map(filesOf));
    expect(Object.keys(first ?? {})).toEqual(['criterion.txt', 'gr.dat', 'rmc.log', 'xyz_final.xyz']);
    for (const other of others) expect(other).toEqual(first);
  });

  it.each([
    ['no start', { istart: '1' }, undefined, /There is no .*input_initial\.xyz; a task with istart=1 goes on from one\./],
    ['an empty start', { istart: '1' }, '', /There is no .*input_initial\.xyz/],
    ['another number of particles', { istart: '1' }, '2\nbox\nA 1 1 0\nA 2 2 0\n', /has 2 particles, and the target is for 128\./],
    ['a start cut short', { istart: '1' }, '128\nbox\nA 1 1 0\n', /line 4 should be a name, x, y and z/],
    [
      'a start outside the box',
      { istart: '1' },
      '128\nbox\nA 1 99 0\n',
      /line 3 should be a name, x, y and z, with x and y from 0 to 12\.8/,
    ],
    ['particles in one place', { istart: '1' }, `128\nbox\n${'A 1 1 0\n'.repeat(128)}`, /Two particles of the start are closer than/],
    ['a word for a number', { steps: 'many' }, undefined, /steps should be a whole number, and is 'many'\./],
    ['a number that is too long', { iseed: '12345678901' }, undefined, /iseed should be at most ten digits long/],
    ['no temperature', { temp: '0' }, undefined, /temp should be above 0\./],
    ['no seed', { iseed: '' }, undefined, /iseed should be a whole number, and is ''\./],
    ['another way to start', { istart: '3' }, undefined, /istart should be 1, .* or 2, .*; it is '3'\./],
  ])('says what is wrong: %s', async (_what, values, start, sentence) => {
    const directory = await temporary();
    if (start !== undefined) await writeFile(join(directory, 'start'), start);
    const broken = task(values, start === undefined ? {} : { start: join(directory, 'start') });
    await expect(broken).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(sentence) });
  });

  it('says what is wrong with another target', async () => {
    const payload = join(await temporary(), 'payload');
    await cp(PAYLOAD, payload, { recursive: true });
    await writeFile(join(payload, 'target.dat'), '# particles 20\n# box 10\n# closest 0.8\n1.25 0\n3.9 1\n');
    const broken = task({}, { main: join(payload, 'main.sh') });
    await expect(broken).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/line 2 of r and g should be at r = 3\.75/) });
  });
});

/** The output directory of one task; `start` is the path of what it starts from, `awk` the awk that it finds. */
async function task(
  values: Record<string, string>,
  { start, awk, main = join(PAYLOAD, 'main.sh') }: { start?: string; awk?: string; main?: string } = {},
): Promise<string> {
  const root = await temporary();
  const [input, output, programs] = ['input', 'output', 'programs'].map((name) => join(root, name)) as [string, string, string]; // three
  for (const directory of [input, output, programs]) await mkdir(directory);
  if (start) await copyFile(start, join(input, 'input_initial.xyz'));
  if (awk) await symlink(awk, join(programs, 'awk'));
  const env = { PATH: `${programs}:${process.env.PATH}`, iseed: '42', istart: '2', temp: '300', steps: '10', ...values };
  await run(main, [input, output], { env });
  return output;
}

async function filesOf(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const)));
}

function radialDistribution(places: readonly (readonly [number, number])[], box: number, bins: number): number[] {
  const width = box / 2 / bins;
  const pairs: number[] = Array(bins).fill(0);
  const way = (a: number, b: number) => Math.abs(b - a - box * Math.round((b - a) / box));
  for (const [index, [x, y]] of places.entries()) {
    for (const [otherX, otherY] of places.slice(index + 1)) {
      const ring = Math.floor(Math.hypot(way(x, otherX), way(y, otherY)) / width);
      if (ring < bins) pairs[ring] = Number(pairs[ring]) + 1;
    }
  }
  const even = (ring: number) => (Math.PI * (2 * ring + 1) * width * width * places.length * (places.length - 1)) / 2 / (box * box);
  return pairs.map((count, ring) => count / even(ring));
}

/** The paths of those programs that this machine has. */
async function found(names: readonly string[]): Promise<string[]> {
  const folders = (process.env.PATH ?? '').split(':');
  const candidates = names.map(async (name) => {
    for (const folder of folders) if (await there(join(folder, name))) return [join(folder, name)];
    return [];
  });
  return (await Promise.all(candidates)).flat();
}

async function there(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
