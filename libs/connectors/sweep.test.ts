import { fixedSweep, type Sweep, sweepProblems } from '@kiln/domain';
import { describe, expect, it } from 'vitest';
import { checkParameters, formSchema } from './form.ts';
import { code, failure } from './sample-code.ts';
import { choices, connector, FIELDS } from './sample-connector.ts';
import { firstSweep } from './sweep.ts';

const check = (given: Record<string, unknown>, more: object = {}) =>
  checkParameters(connector({ parameters: FIELDS, ...more }), given, choices);
const messages = (given: Record<string, unknown>, more: object = {}) => check(given, more).problems.map(({ message }) => message);

describe('the sweep', () => {
  it("is the connector's own unless another is submitted", () => {
    const one = connector({ sweep: { var: [1, 2] } });
    const of = (given: Record<string, unknown>) => fixedSweep(one, checkParameters(one, given, choices).parameters);
    expect(of({})).toEqual({ var: [1, 2] });
    expect(of({ sweep: { b: [3] } })).toEqual({ b: [3] });
    expect(of({ sweep: {} })).toEqual({});
  });

  it('keeps the order of its parameters', () => {
    expect(Object.keys(check({ sweep: { zeta: [1], seed: [2], alpha: [3] } }).parameters.sweep as Sweep)).toEqual([
      'zeta',
      'seed',
      'alpha',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['without values', { var: [] }, "The sweep of 'var' has no values; give at least one."],
    ['of a bad value', { seed: [1, 'x'] }, 'The sweep of \'seed\' has "x", but seed must be a whole number.'],
    ['out of range', { seed: [1, 0] }, "The sweep of 'seed' has 0, but seed must be at least 1."],
    ['of lists', { var: [[1]] }, "The sweep of 'var' has [1], but var must be text, a number, true or false."],
    ['of nothing', { var: [null] }, "The sweep of 'var' has null, but var must be text, a number, true or false."],
    ['of one value', { var: 1 }, "The sweep of 'var' must be a list of values, such as [1, 2]."],
    ['of the platform', { platform: ['a'] }, "'platform' cannot be swept, because it is the same for all tasks of a job."],
    ['of PATH', { PATH: ['a'] }, "'PATH' has a meaning of its own in the environment of a task; choose another name."],
    ['of LD_PRELOAD', { LD_PRELOAD: ['a'] }, "'LD_PRELOAD' has a meaning of its own in the environment of a task; choose another name."],
    [
      'of what the runner uses',
      { kiln_dir: ['a'] },
      "'kiln_dir' has a meaning of its own in the environment of a task; choose another name.",
    ],
    [
      'of __proto__',
      JSON.parse('{"__proto__": [1]}'),
      "'__proto__' has a meaning of its own in the environment of a task; choose another name.",
    ],
    [
      'of no identifier',
      { 'a b': [1] },
      "'a b' cannot be the name of a parameter: use at most 64 letters, digits and underscores, and begin with a letter.",
    ],
    ['that is a list', [1], 'sweep must be a map of name and list of values, such as {"seed": [1, 2]}.'],
    ['that is no JSON', '{seed', 'sweep must be a map of name and list of values, such as {"seed": [1, 2]}.'],
  ])('is refused %s', (_, sweep, message) => {
    expect(messages({ sweep })).toEqual([message]);
  });

  it('takes `constructor` for a name like any other', () => {
    expect(check({ sweep: { constructor: [1, 2] } })).toMatchObject({ problems: [], parameters: { sweep: { constructor: [1, 2] } } });
  });

  it('may make 100,000 tasks and no more, whoever chose them', () => {
    const values = (count: number) => Array.from({ length: count }, (_, i) => i);
    expect(messages({ sweep: { a: values(1000), b: values(100) } })).toEqual([]);
    const tooMany = [{ path: ['sweep'], code: 'TOO_MANY_TASKS', message: expect.stringContaining('1,000,000 tasks') }];
    expect(check({ sweep: { a: values(1000), b: values(1000) } }).problems).toEqual(tooMany);
    expect(check({}, { sweep: { a: values(1000), b: values(1000) } }).problems).toEqual(tooMany);
    expect(sweepProblems({ a: values(1000), b: values(1000) })).toEqual(tooMany);
  });

  it("may be chosen by the connector's function, of which an empty form does not rob it", async () => {
    const one = connector({ sweep: () => ({}), parameters: { n: { default: 1 } } });
    const { problems, parameters } = checkParameters(one, { sweep: {} }, choices);
    expect(problems).toEqual([]);
    const chosen = await code('sweep: (parameters, iteration) => ({ n: [iteration, 6 + parameters.n] })');
    expect(await firstSweep(one, parameters, chosen)).toEqual({ n: [0, 7] });
    expect(formSchema(one, choices).properties).toMatchObject({ sweep: { default: {} } });
  });

  it.each<[string, string, string]>([
    ['throws', '() => { throw new Error("no luck") }', 'no luck'],
    ['gives nothing', '() => undefined', 'it must return a map of lists.'],
    ['gives a promise', 'async () => ({})', 'it must return a map of lists, not a promise.'],
    ['gives no lists', '() => ({ a: 1 })', "the values of 'a' must be a list."],
    ['gives no values', '() => ({ a: [] })', "The sweep of 'a' has no values; give at least one."],
    ['gives a reserved name', '() => ({ HOME: [1] })', "'HOME' has a meaning of its own"],
  ])('fails with a sentence if the function %s', async (_, sweep, message) => {
    const chosen = await code(`sweep: ${sweep}`);
    const error = await failure(firstSweep(connector({ sweep: () => ({}) }), {}, chosen));
    expect(error).toMatchObject({ name: 'KnownError', code: 'CONNECTOR_CODE', message: expect.stringContaining(message) });
  });
});
