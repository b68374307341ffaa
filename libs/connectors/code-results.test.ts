import { describe, expect, it } from 'vitest';
import { checkedTransformed, checkedVerdict } from './code-results.ts';
import { connector } from './sample-connector.ts';

const { parameters } = connector({ parameters: { step: { default: 1, minimum: 0 } } });
const transformed = (result: unknown) => checkedTransformed(result, new Set([4, 5]), parameters);
const files = (given: unknown) => transformed({ inputs: [{ files: given }] });

describe('what transform returns', () => {
  it('may be nothing much', () => {
    expect(transformed({})).toEqual({});
    expect(transformed({ keep: [], inputs: [], scores: {} })).toEqual({ keep: [], inputs: [], scores: {} });
    expect(transformed({ inputs: [{ files: {} }] })).toEqual({ inputs: [{ files: {} }] });
    expect(transformed({ note: `a\n${'b'.repeat(900)}` }).note).toHaveLength(500);
  });

  it('may have 10,000 sets of files', () => {
    const sets = (count: number) => transformed({ inputs: Array(count).fill({ files: { a: 'x' } }) });
    expect(sets(10_000).inputs).toHaveLength(10_000);
    expect(() => sets(10_001)).toThrow('inputs has 10,001 sets; an iteration may have 10,000');
  });

  it.each<[unknown, string]>([
    [undefined, 'it must return a map with scores, keep, inputs, note, not undefined'],
    [[], 'it must return a map with scores, keep, inputs, note, not a list'],
    [{ score: {} }, "it must return a map with scores, keep, inputs, note; it has 'score'; did you mean 'scores'?"],
    [{ scores: [1] }, 'scores must be a map, not a list'],
    [{ scores: { 4: 'NaN' } }, 'the score of task 4 must be a finite number, not "NaN"'],
    [{ scores: { 4: Number.POSITIVE_INFINITY } }, 'the score of task 4 must be a finite number, not Infinity'],
    [{ scores: { 6: 1 } }, 'scores: "6" is the number of no task of this iteration that succeeded'],
    [{ scores: { '4.0': 1 } }, 'scores: "4.0" is the number of no task'],
    [{ keep: 4 }, 'keep must be a list of numbers of tasks, not 4'],
    [{ keep: [4, 6] }, 'keep: 6 is the number of no task'],
    [{ keep: ['4'] }, 'keep: "4" is the number of no task'],
    [{ keep: [4, 5, 4] }, 'keep has task 4 twice'],
    [{ inputs: {} }, 'inputs must be a list of sets of files, not a map'],
    [{ inputs: [1] }, 'inputs[0] must be a map with from, values, files, not 1'],
    [{ inputs: [{ files: {} }, {}] }, 'inputs[1].files must be a map, not undefined'],
    [{ inputs: [{ files: {}, from: 3 }] }, 'inputs[0].from: 3 is the number of no task'],
    [{ inputs: [{ files: {}, file: {} }] }, "it has 'file'; did you mean 'files'?"],
    [{ inputs: [{ files: {}, values: [] }] }, 'inputs[0].values must be a map, not a list'],
    [{ inputs: [{ files: {}, values: { a: [1] } }] }, 'inputs[0].values.a must be text, a number, true or false'],
    [{ inputs: [{ files: {}, values: { step: -1 } }] }, 'inputs[0].values.step must be at least 0'],
    [{ inputs: [{ files: {}, values: { PATH: 'x' } }] }, "inputs[0].values: 'PATH' has a meaning of its own"],
    [{ inputs: [{ files: {}, values: { platform: 'x' } }] }, "inputs[0].values: 'platform' is a parameter that every connector has"],
    [{ inputs: [{ files: {}, values: { 'a b': 1 } }] }, "inputs[0].values: 'a b' cannot be the name of a parameter"],
    [{ note: 5 }, 'note must be text, not 5'],
  ])('is not %j', (result, message) => {
    expect(() => transformed(result)).toThrow(message);
  });

  it.each<[unknown, string]>([
    [{ '': 'x' }, 'inputs[0].files: "" must be the path of a file'],
    [{ '/etc/passwd': 'x' }, 'inputs[0].files: "/etc/passwd" must not begin with \'/\''],
    [{ '../x': 'x' }, "must not hold '..'"],
    [{ 'a/../x': 'x' }, "must not hold '..'"],
    [{ 'a//b': 'x' }, 'must be the path of a file'],
    [{ './a': 'x' }, 'must be the path of a file'],
    [{ 'a/': 'x' }, 'must be the path of a file'],
    [{ 'a\0': 'x' }, 'must not hold a NUL character'],
    [{ 'a\nb': 'x' }, 'must not hold control characters'],
    [{ ['a'.repeat(256)]: 'x' }, 'is too long'],
    [{ 'values.json': '{}' }, "is the name of the file with the task's values"],
    [{ 'values.json/a': '{}' }, "is the name of the file with the task's values"],
    [{ a: 'x', 'a/b/c': 'y' }, 'inputs[0].files: "a/b/c" lies below what is a file'],
    [{ a: 5 }, 'inputs[0].files["a"] must be text or a map with task, path, not 5'],
    [{ a: { task: 6, path: 'x' } }, 'inputs[0].files["a"]: 6 is the number of no task'],
    [{ a: { task: 4, path: '../5/x' } }, 'inputs[0].files["a"].path must not hold \'..\''],
    [{ a: { task: 4, path: '/x' } }, 'inputs[0].files["a"].path must not begin with \'/\''],
    [{ a: { task: 4 } }, 'inputs[0].files["a"].path must be text'],
    [{ a: { task: 4, path: 'x', mode: 1 } }, "it has 'mode'"],
    [JSON.parse('{"__proto__": 5}'), 'inputs[0].files["__proto__"] must be text'],
  ])('has no files %j', (given, message) => {
    expect(() => files(given)).toThrow(message);
  });

  it('may name a folder `values.json` deeper down, and a file `__proto__`', () => {
    const given = JSON.parse('{"a/values.json": "x", "__proto__": "y", "a/b/c": "z"}');
    expect(Object.entries(files(given).inputs?.[0]?.files ?? {})).toEqual(Object.entries(given));
  });
});

describe('what converged returns', () => {
  it('is whether it is done, and what it measured', () => {
    expect(checkedVerdict({ done: false })).toEqual({ done: false });
    expect(checkedVerdict({ done: true, criterion: 0, note: '' })).toEqual({ done: true, criterion: 0, note: '' });
  });

  it.each<[unknown, string]>([
    [true, 'it must return a map with done, criterion, note, not true'],
    [{}, 'done must be true or false, not undefined'],
    [{ done: 1 }, 'done must be true or false, not 1'],
    [{ done: true, criterion: 'NaN' }, 'criterion must be a finite number, not "NaN"'],
    [{ done: true, criterion: null }, 'criterion must be a finite number, not null'],
    [{ done: true, criteria: 1 }, "it has 'criteria'; did you mean 'criterion'?"],
  ])('is not %j', (result, message) => {
    expect(() => checkedVerdict(result)).toThrow(message);
  });
});
