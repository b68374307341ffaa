import { describe, expect, it } from 'vitest';
import { parametersOf } from './submission.ts';

describe('parameters on the command line', () => {
  it('stay text, also when they look like numbers or hold an equals sign', () => {
    expect(parametersOf(['samples=1000', 'note=a=b', 'blank='], {})).toEqual({ samples: '1000', note: 'a=b', blank: '' });
  });

  it('go over those of --set-json, and --sweep over its sweep', () => {
    const options = { setJson: '{"samples": 5, "deep": true, "sweep": {"a": [1], "b": [2]}}', sweep: ['a=7'], platform: 'local' };
    expect(parametersOf(['samples=6'], options)).toEqual({ samples: '6', deep: true, platform: 'local', sweep: { a: [7], b: [2] } });
  });

  it('name an input location by its storage and folder', () => {
    expect(parametersOf([], { input: 'shelf/my data/set' })).toEqual({ input_storage: 'shelf', input_path: 'my data/set' });
  });

  it('keep the order in which sweeps are named', () => {
    const { sweep } = parametersOf([], { sweep: ['z=1', 'a=2'] });
    expect(JSON.stringify(sweep)).toBe('{"z":[1],"a":[2]}');
  });

  it.each([
    [['samples'], {}, /name=value/],
    [['a=1', 'a=2'], {}, /twice/],
    [['sweep=1'], {}, /--sweep/],
    [[], { sweep: ['a=1', 'a=2'] }, /twice/],
    [[], { input: 'local' }, /a storage and a folder/],
    [[], { input: '/data' }, /a storage and a folder/],
    [[], { setJson: '[1]' }, /JSON object/],
    [[], { setJson: '{' }, /not JSON/],
  ])('are refused with a sentence: %j %j', (pairs, options, message) => {
    expect(() => parametersOf(pairs, options)).toThrow(message);
  });
});
