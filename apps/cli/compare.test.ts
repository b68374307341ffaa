import { afterAll, beforeAll, expect, it } from 'vitest';
import { KilnProcess } from './testing/kiln-process.ts';

const PAYLOAD = `description: Leaves a number and files.
runsOn: unix
parameters:
  height: { title: Height, default: 1 }
outputs:
  energy: { title: Energy, unit: eV, file: energy, column: 1 }
command: 'echo $((height * k)) >"$2/energy"; printf "head\\n$height\\ntail\\n" >"$2/text"; echo same >"$2/same"; [ $height = 1 ] || echo >"$2/extra"'
`;

let kiln: KilnProcess;
let first: string;
let second: string;
beforeAll(async () => {
  kiln = await KilnProcess.create();
  await kiln.addConnector('measured', PAYLOAD);
  await kiln.start(['up', '--port', '0']).says(/Ctrl-C/);
  const submitted = async (height: number) => {
    const { out } = await kiln.run(['submit', 'measured', `height=${height}`, '--sweep', 'k=2,4', '--watch', '--json']);
    return String(JSON.parse(out).id);
  };
  first = await submitted(1);
  second = await submitted(3);
});
afterAll(() => kiln?.dispose());

it('jobs are set side by side: what differs, times, numbers with their differences, files', async () => {
  const { out, err } = await kiln.run(['compare', first, second]);
  expect(err).toBe('');
  expect(out).toMatch(
    new RegExp(`measured${first} +measured${second}\\nstatus +succeeded +succeeded\\nheight +1 +3\\n\\d+ more are the same`),
  );
  expect(out).toMatch(/STAGE .*\nconfigure +\S+ \S+ +\S+ \S+\n/);
  expect(out).toMatch(/Energy \(eV\) +3 +9\n +\+6 \(\+200 %\)\n/);
  expect(out).toMatch(/1\/energy +different\n1\/extra +only in 2\n1\/text +different\n2\/energy +different\n2\/extra +only in 2\n/);
  expect(out).toMatch(/2 files are the same\.\n$/);
  expect((await kiln.run(['compare', first, second, '--all'])).out).toMatch(/platform +local +local\n(?:.*\n)*1\/same +the same\n/);
});

it('a file is compared line by line, and tasks are compared like jobs', async () => {
  const diff = await kiln.run(['compare', first, second, '--file', '1/text']);
  expect(diff.out).toContain(`--- ${first}/1/text\n+++ ${second}/1/text\n@@ -1,3 +1,3 @@\n head\n-1\n+3\n tail\n`);
  expect((await kiln.run(['compare', first, second, '--file', '1/same'])).out).toBe('They are the same.\n');
  const tasks = JSON.parse((await kiln.run(['compare', `${first}.1`, `${first}.2`, '--json'])).out);
  expect(tasks.subjects.map(({ name }: { name: string }) => name)).toEqual([`measured${first} task 1`, `measured${first} task 2`]);
  expect(tasks.parameters.filter(({ differs }: { differs: boolean }) => differs)).toEqual([{ name: 'k', values: [2, 4], differs: true }]);
  expect(tasks.numbers[0]).toMatchObject({
    values: [2, 4],
    differences: [
      { absolute: 0, relative: 0 },
      { absolute: 2, relative: 1 },
    ],
  });
  expect(tasks.times).toEqual([expect.objectContaining({ name: 'task' })]);
});

it('what cannot be compared is told', async () => {
  expect(await kiln.run(['compare', first])).toMatchObject({ code: 2, err: expect.stringContaining('at least two') });
  expect((await kiln.run(['compare', first, '999'])).err).toContain('There is no job 999.');
  expect((await kiln.run(['compare', first, `${first}.9`])).err).toContain(`Job ${first} has no task 9.`);
  expect((await kiln.run(['compare', first, 'pi'])).err).toContain('pi is neither the number of a job');
  expect((await kiln.run(['compare', first, second, '--file', 'none'])).err).toContain('None of them has a file none');
});
