import { describe, expect, it } from 'vitest';
import { parseSweep } from './sweep-text.ts';

describe('a sweep on the command line', () => {
  it.each([
    ['var=1,2,3', [1, 2, 3]],
    ['var=-1.5,2e3', [-1.5, 2000]],
    ['var=a,b', ['a', 'b']],
    ['var=007,1.2.3,-', ['007', '1.2.3', '-']],
    ['var=a=b', ['a=b']],
    ['var=', []],
    ['var=["a,b","c",1,true]', ['a,b', 'c', 1, true]],
    ['var=1:4', [1, 2, 3, 4]],
    ['var=1:10:2', [1, 3, 5, 7, 9]],
    ['var=0:1:0.1', [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]],
    ['var=3:1', [3, 2, 1]],
    ['var=1234567890123:1234567890124', [1234567890123, 1234567890124]],
    ['var=1:2,9,x', [1, 2, 9, 'x']],
    ['var=12:30:xx', ['12:30:xx']],
  ])('%s', (text, values) => {
    expect(parseSweep(text)).toEqual(['var', values]);
  });

  it.each([
    ['var', /name=value/],
    ['=1', /name=value/],
    ['var=["a"', /not JSON/],
    ['var=[{}]', /JSON list/],
    ['var=1:5:0', /no values/],
    ['var=1:5:-1', /no values/],
    ['var=1:1000000', /more than 100,000/],
    ['var=1:1e308:1e-308', /more than 100,000/],
  ])('%s is refused with a sentence', (text, message) => {
    expect(() => parseSweep(text)).toThrow(message);
  });
});
