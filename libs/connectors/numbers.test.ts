import type { NumberSource } from '@kiln/domain';
import { expect, it, test } from 'vitest';
import { loadFolder } from './load.ts';
import { finder, numbersIn, patternProblem } from './numbers.ts';
import { MINIMAL, sample } from './sample-folder.ts';

const json = (path: string): NumberSource => ({ kind: 'json', path });
const column = (name: string | number, row: 'first' | 'last' | 'minimum' | 'maximum' = 'last'): NumberSource => ({
  kind: 'column',
  column: name,
  row,
});
const match = (pattern: string): NumberSource => ({ kind: 'match', pattern });

it.each<[string, string, NumberSource, number | null]>([
  ['a key of JSON', '{"energy": -1.5}', json('energy'), -1.5],
  ['a place within JSON', '{"fit": {"errors": [0.1, "0.25"]}}', json('fit.errors.1'), 0.25],
  ['a key that is not there', '{"energy": 1}', json('entropy'), null],
  ['a key that every object has', '{}', json('constructor.length'), null],
  ['what is no number in JSON', '{"energy": "high", "list": [1]}', json('energy'), null],
  ['a list in JSON', '{"list": [1]}', json('list'), null],
  ['what is no JSON', 'energy', json('energy'), null],
  ['the last row of a column', 'step,energy\n1,5\n2,3\n', column('energy'), 3],
  ['the least of a column', 'step,energy\n1,5\n2,-3\n3,4\n', column('energy', 'minimum'), -3],
  ['the most of a column', 'step;energy\r\n1;5\r\n2;7\r\n3;4\r\n', column('energy', 'maximum'), 7],
  ['the first row of a column by its number', '# a remark\n  0.1   2.5\n  0.2   3.5\n', column(2, 'first'), 2.5],
  ['a column in quotation marks', '"a, b",c\n"1, 2",9\n', column('c'), 9],
  ['a column with gaps', 'a,b\n1,\n2,5\n3,\n', column('b'), 5],
  ['a heading that looks like a number, which is no value', 'step,300\n1,5\n2,7\n', column('300', 'maximum'), 7],
  ['a heading in a remark', '# step energy\n1 5\n2 7\n', column('energy'), 7],
  ['a remark in a table without headings', '# made by hand\n1 5\n2 7\n', column(2, 'first'), 5],
  ['a last row that is no number, rather than the one before', '1,5\n2,NaN\n', column(2), null],
  ['what is no number among others', '1,5\n2,NaN\n3,4\n', column(2, 'minimum'), 4],
  ['a number as Fortran writes it', 'E = -1.5D-03', match('E = (\\S+)'), -0.0015],
  ['a number that is not decimal', '{"n": "0x10"}', json('n'), null],
  ['a column that is not there', 'a,b\n1,2\n', column('c'), null],
  ['a table without rows', 'a,b\n', column('b'), null],
  ['what is no table', 'a,"b\nc', column('a'), null],
  ['the last match in a text', 'R = 5\nR = 2.5e-1 done\n', match('R = (\\S+)'), 0.25],
  ['a line of a text', 'x\nenergy: 3\ny', match('^energy: (\\d+)$'), 3],
  ['no match in a text', 'nothing', match('R = (\\S+)'), null],
  ['a match that is no number', 'R = none', match('R = (\\S+)'), null],
  ['a number that is not finite', '{"n": 1e999}', json('n'), null],
  ['an empty text', '', column(1), null],
])('%s is found, or not, in a file', (_, text, source, expected) => {
  expect(finder(text)(source)).toBe(expected);
});

test('expressions that take long elsewhere take time that grows with the text alone', () => {
  expect(finder(`${'a'.repeat(9_000)}!`)(match('(a+)+$'))).toBeNull();
  const lines = Array.from({ length: 20_000 }, (_, n) => `step ${n} E = ${n}.5 and so on`).join('\n');
  expect(finder(lines)(match('E = (\\S+)(?:[\\s\\S]*converged)?'))).toBe(19_999.5);
});

test('an expression needs one group, and must be one', () => {
  expect(patternProblem('R = (\\S+)')).toBeNull();
  for (const pattern of ['R = \\S+', '(a)(b)']) expect(patternProblem(pattern)).toMatch(/one group/);
  for (const pattern of ['(', '(?=a)(b)', '(a)\\1']) expect(patternProblem(pattern)).toMatch(/no regular expression/);
});

test('a file is read once for all that it holds, and what is not found is left out', async () => {
  const asked: string[] = [];
  const output = (name: string, file: string) => ({ kind: 'number', name, file, source: json(name) }) as const;
  const read = async (file: string) => {
    asked.push(file);
    return file === 'a.json' ? '{"x": 1, "y": 2}' : null;
  };
  expect(await numbersIn([output('x', 'a.json'), output('y', 'a.json'), output('z', 'a.json'), output('w', 'b')], read)).toEqual({
    x: 1,
    y: 2,
  });
  expect(asked).toEqual(['a.json', 'b']);
});

const load = async (outputs: string) => {
  const { folder, cache } = await sample({ ...MINIMAL, 'connector.yaml': `description: x\nrunsOn: unix\noutputs:\n${outputs}` });
  return (await loadFolder(folder, cache)).connector.outputs;
};

test('a connector declares its outputs', async () => {
  const declared = await load(
    '  energy: { file: out/e.csv, column: E, row: minimum, unit: eV }\n  r: { file: log, match: "R (.)", title: R }\n',
  );
  expect(declared).toEqual([
    { kind: 'number', name: 'energy', unit: 'eV', file: 'out/e.csv', source: { kind: 'column', column: 'E', row: 'minimum' } },
    { kind: 'number', name: 'r', title: 'R', file: 'log', source: { kind: 'match', pattern: 'R (.)' } },
  ]);
});

test('a connector declares files, and how they are shown', async () => {
  const declared = await load(
    '  frames: { kind: image, file: "frames/*.png", title: Frames }\n  curve: { kind: plot, file: c.csv, x: t, y: E }\n  curves: { kind: plot, file: c.csv, y: [2, E] }\n',
  );
  expect(declared).toEqual([
    { kind: 'image', name: 'frames', title: 'Frames', file: 'frames/*.png' },
    { kind: 'plot', name: 'curve', file: 'c.csv', x: 't', y: ['E'] },
    { kind: 'plot', name: 'curves', file: 'c.csv', y: [2, 'E'] },
  ]);
});

it.each([
  ['nothing to look for', '  a: { file: x }', 'outputs.a needs one of `json`, `column` and `match`'],
  ['two things to look for', '  a: { file: x, json: a, column: 1 }', 'outputs.a needs one of'],
  ['no file', '  a: { json: a }', 'outputs.a.file is missing.'],
  ['a file elsewhere', '  a: { file: ../x, json: a }', "outputs.a.file must not hold '..'."],
  ['an expression without a group', '  a: { file: x, match: b }', 'outputs.a.match must have one group'],
  ['a row without a column', '  a: { file: x, json: a, row: first }', 'outputs.a.row is for a `column` only.'],
  ['a key that there is not', '  a: { file: x, jsn: a }', "there is no key 'jsn' in outputs.a; did you mean 'json'?"],
  ['the name of a column that is there', '  task: { file: x, json: a }', 'outputs.task has the name of something else'],
  ['a number among pictures', '  a: { kind: image, file: x.png, json: a }', 'outputs.a.json is for a number only, not for kind image.'],
  ['columns of a picture', '  a: { kind: image, file: x.png, y: E }', 'outputs.a.y is for a `plot` only.'],
  ['columns of a number', '  a: { file: x, json: a, x: E }', 'outputs.a.x is for a `plot` only.'],
  ['a kind that there is not', '  a: { kind: movie, file: x }', 'outputs.a.kind must be one of number, table, plot, image, text, file.'],
  ['any depth', '  a: { kind: file, file: "**/x" }', '`**` is not known'],
  ['no name', '  a b: { file: x, json: a }', "'a b' cannot be the name of a parameter"],
])('%s is told of an output', async (_, outputs, message) => {
  await expect(load(`${outputs}\n`)).rejects.toThrow(message);
});
