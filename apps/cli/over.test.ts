import { describe, expect, it } from 'vitest';
import { overOf } from './over.ts';

describe('what a sweep goes over, on the command line', () => {
  it('is text as it is typed, or JSON in brackets', () => {
    expect(overOf({ over: ['seed=1:8', 't=linspace(0,1,5)', 'name=["a,b","c"]'], where: ['seed < 5'] })).toEqual({
      seed: '1:8',
      t: 'linspace(0,1,5)',
      name: ['a,b', 'c'],
      $where: ['seed < 5'],
    });
  });

  it('zips and samples', () => {
    expect(overOf({ zip: ['a=1:3', 'b=x,y,z'] })).toEqual({ $zip: { a: '1:3', b: 'x,y,z' } });
    expect(overOf({ sample: ['x=uniform(0,1)'], samples: 20, seed: 7, method: 'random' })).toEqual({
      $sample: { count: 20, seed: 7, method: 'random', of: { x: 'uniform(0,1)' } },
    });
  });

  it('may be a JSON object, to which options add, or a list', () => {
    expect(overOf({ overJson: '{"a": [1]}', over: ['b=2'] })).toEqual({ a: [1], b: '2' });
    expect(overOf({ overJson: '[{"a": [1]}, {"b": 2}]' })).toEqual([{ a: [1] }, { b: 2 }]);
    expect(overOf({ overJson: '{}' })).toEqual({});
  });

  it.each([
    [{}, /--over seed=1:8/],
    [{ over: ['a'] }, /name=value/],
    [{ over: ['a=1', 'a=2'] }, /twice/],
    [{ over: ['a=[1'] }, /not JSON/],
    [{ overJson: '7' }, /object or a list/],
    [{ overJson: '{"a": 1}', over: ['a=2'] }, /already/],
    [{ overJson: '[{}]', over: ['a=2'] }, /stands in its maps/],
    [{ over: ['a=1'], seed: 3 }, /--sample/],
    [{ sample: ['x=uniform(0,1)'] }, /--samples 20/],
  ])('is refused with a sentence: %j', (options, message) => {
    expect(() => overOf(options)).toThrow(message);
  });
});
