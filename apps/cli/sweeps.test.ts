import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KilnProcess } from './testing/kiln-process.ts';

let kiln: KilnProcess;

beforeAll(async () => {
  kiln = await KilnProcess.create();
  await kiln.addConnector('words', 'description: Says what it got.\nrunsOn: unix\ncommand: \'echo "$var1 $var2 $x" >"$2/words"\'\n');
  await kiln.addConnector('endless', 'description: Never ends.\nrunsOn: unix\ncommand: sleep 1000\n');
  await kiln.addConnector(
    'parabola',
    'description: A parabola.\nrunsOn: unix\ncommand: \'echo $(((x - 3) * (x - 3) + k)) >"$2/height"\'\noutputs:\n  height: { file: height, column: 1 }\n',
  );
  const mark = join(kiln.home, 'mark');
  await kiln.addConnector('odd', `description: Odd ones need a file.\nrunsOn: unix\ncommand: '[ $((n % 2)) = 0 ] || [ -e "${mark}" ]'\n`);
  await kiln.start(['up', '--port', '0']).says(/Ctrl-C/);
});
afterAll(() => kiln?.dispose());

const json = async (...args: string[]) => {
  const { out, err } = await kiln.run([...args, '--json']);
  if (out === '') throw new Error(err);
  return JSON.parse(out);
};

it('--over var1=7,9 --over var2=42 is two jobs, with x=1,2 four, each with its point and its results', async () => {
  const two = await json('sweep', 'submit', 'words', '--over', 'var1=7,9', '--over', 'var2=42', '--watch');
  expect(two).toMatchObject({ status: 'succeeded', counts: { total: 2, succeeded: 2 }, directory: `sweep_words${two.id}` });
  const four = await json('sweep', 'submit', 'words', '--over-json', '{"var1": [7, 9], "var2": [42]}', '--over', 'x=1:2', '--watch');
  expect(four.counts).toMatchObject({ total: 4, succeeded: 4 });
  const jobs: { id: string; point: object }[] = await json('sweep', 'jobs', four.id);
  expect(jobs.map(({ point }) => Object.values(point).join(' '))).toEqual(['7 42 1', '7 42 2', '9 42 1', '9 42 2']);
  expect((await kiln.run(['outputs', jobs[3]?.id ?? '', 'output/1/words'])).out).toBe('9 42 2\n');
  const csv = (await kiln.run(['sweep', 'jobs', four.id, '--csv'])).out.split('\r\n');
  expect(csv[0]).toMatch(/^job,var1,var2,x,directory,status/);
  expect(csv[1]).toMatch(new RegExp(`^${jobs[0]?.id},7,42,1,words${jobs[0]?.id},succeeded,`));
});

it('jobs are listed with their numbers, and the best and the worst by one of them', async () => {
  const { id } = await json('sweep', 'submit', 'parabola', '--over', 'x=1:6', '--sweep', 'k=1,2', '--watch');
  expect((await kiln.run(['sweep', 'jobs', id])).out).toMatch(
    /^ *ID +POINT +HEIGHT +STATUS +TASKS +REMARKS\n *\d+ +x=1 +5\.5 +succeeded +2\/2/,
  );
  const found = async (...args: string[]) =>
    (await json('sweep', 'jobs', id, ...args)).map(({ point, numbers }: { point: { x: number }; numbers: { height: number } }) => [
      point.x,
      numbers.height,
    ]);
  expect(await found('--best', 'height', '--limit', '2', '--of', 'minimum')).toEqual([
    [3, 1],
    [2, 2],
  ]);
  expect(await found('--worst', 'height', '--limit', '1')).toEqual([[6, 10.5]]);
  expect(await found('--best=-height', '--limit', '1', '--of', 'maximum')).toEqual([[6, 11]]);
  const csv = (await kiln.run(['sweep', 'jobs', id, '--csv', '--of', 'maximum'])).out.split('\r\n');
  expect([csv[0], csv[3]]).toEqual([expect.stringMatching(/^job,x,height,directory,/), expect.stringMatching(/^\d+,3,2,parabola/)]);
  const wrong = await kiln.run(['sweep', 'jobs', id, '--best', 'depth']);
  expect([wrong.code, wrong.err]).toEqual([2, 'kiln: The jobs have no number depth; there are height.\n']);
});

it('a dry run counts, and what is wrong is told at its name', async () => {
  const args = ['sweep', 'submit', 'words', '--over', 'a=1:100', '--zip', 'b=1:2', '--zip', 'c=x,y', '--where', 'a < b', '--dry-run'];
  const { out, code } = await kiln.run(args);
  expect([code, out]).toEqual([0, expect.stringContaining('It would submit 1 job, at most')]);
  expect(out).toContain('a=1 b=2 c=y');
  const wrong = await kiln.run(['sweep', 'submit', 'words', '--over', 'a=1:0:1', '--over', 'PATH=x']);
  expect([wrong.code, wrong.out]).toEqual([2, '']);
  expect(wrong.err).toMatch(/over\.a: .*no values.*\nkiln: over\.PATH: /);
  expect((await kiln.run(['sweep', 'submit', 'words'])).err).toContain('--over seed=1:8');
});

it('a watched sweep tells which jobs failed; a retry mends them, an extension adds what is new', async () => {
  const watched = await kiln.run(['sweep', 'submit', 'odd', '--over', 'n=1:4', '--at-most', '2', '--watch']);
  expect(watched.code).toBe(1);
  expect(watched.out).toMatch(/Job \d+ failed \(n=[13]\): .*1 of 1 task/);
  const [{ id }] = await json('sweeps', '--limit', '1');
  expect(watched.out).toContain(`Sweep ${id} failed after`);
  await writeFile(join(kiln.home, 'mark'), '');
  expect((await kiln.run(['sweep', 'retry', id])).out).toContain('goes on with what did not succeed');
  expect(await json('sweep', 'watch', id)).toMatchObject({ status: 'succeeded', counts: { succeeded: 4 } });
  expect((await kiln.run(['sweep', 'extend', id, '--over', 'n=3:6'])).out).toContain('has 2 jobs more, 6 in all');
  expect((await kiln.run(['sweep', 'watch', id])).out).toMatch(/succeeded after .*: 6 of 6 jobs succeeded\.\n$/);
  expect((await kiln.run(['sweep', 'show', id])).out).toContain('Over {"n":"3:6"}');
});

it('a sweep is cancelled as one, and its jobs are listed only when asked for', async () => {
  const { id } = await json('sweep', 'submit', 'endless', '--over', 'n=1:5', '--at-most', '1');
  expect(await json('sweep', 'limit', id, '2')).toMatchObject({ atMost: 2 });
  await json('sweep', 'cancel', id);
  expect(await json('sweep', 'watch', id)).toMatchObject({ status: 'cancelled', counts: { cancelled: 5 } });
  expect(await json('jobs', '--connector', 'endless')).toEqual([]);
  expect(await json('jobs', '--connector', 'endless', '--children')).toHaveLength(5);
  expect(await json('jobs', '--sweep', id)).toHaveLength(5);
  expect((await kiln.run(['sweep', 'show', '999'])).code).toBe(2);
});
