import { requestedNodes } from '@kiln/domain';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { checkParameters, formSchema } from './form.ts';
import { choices, cloud, connector, FIELDS, local } from './sample-connector.ts';

const check = (given: Record<string, unknown>, more: object = {}) =>
  checkParameters(connector({ parameters: FIELDS, ...more }), given, choices);
const messages = (given: Record<string, unknown>, more: object = {}) => check(given, more).problems.map(({ message }) => message);

describe('the form', () => {
  it('is a JSON Schema whose properties stand in the order of the sections', () => {
    const schema = formSchema(connector({ runsOn: ['unix', 'cloud'], parameters: FIELDS, title: 'Sample' }), choices);
    expect(new Ajv({ strict: false }).validateSchema(schema)).toBe(true);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    const { properties } = schema as { properties: Record<string, object> }; // that is its shape
    expect(Object.keys(properties)).toEqual([
      ...['platform', 'nodes', 'minimum_nodes', 'output_storage', 'output_path'],
      ...['max_failures', 'task_time_limit', 'stage_time_limit', 'job_time_limit', 'idle_time_limit', 'job_cost_limit', 'mode'],
      ...['sweep', 'seed', 'rate', 'loud', 'text', 'limit'],
    ]);
    expect(properties).toMatchObject({
      platform: { default: 'local', oneOf: [{ const: 'local' }, { const: 'local-cloud' }], 'x-section': 'compute' },
      nodes: { title: 'Machines', default: 4, minimum: 1, maximum: 8, 'x-only-when': { parameter: 'platform', equals: 'local-cloud' } },
      minimum_nodes: { default: 1 },
      output_storage: { default: 'local', 'x-section': 'locations' },
      output_path: { default: '' },
      mode: {
        oneOf: [
          { const: 'slow', title: 'slow' },
          { const: 'fast', title: 'fast' },
        ],
        'x-section': 'reliability',
      },
      seed: { type: 'integer', title: 'seed', default: 42, minimum: 1, maximum: 100, 'x-section': 'domain' },
      limit: { 'x-only-when': { parameter: 'mode', equals: 'fast' } },
    });
    expect(schema).toMatchObject({ title: 'Sample', additionalProperties: false });
  });

  it('has machines only for a connector that runs on clouds, and always shows them if it runs nowhere else', () => {
    expect(formSchema(connector(), choices).properties).not.toHaveProperty('nodes');
    const { properties } = formSchema(connector({ runsOn: 'cloud', defaults: { nodes: 2 } }), choices);
    expect(properties).toMatchObject({ nodes: { default: 2 } });
    expect(properties).not.toHaveProperty('nodes.x-only-when');
  });

  it('exists, and is valid, also if no platform and no storage fits', () => {
    const schema = formSchema(connector({ runsOn: 'cloud' }), { platforms: [local], storages: [] });
    expect(new Ajv({ strict: false }).validateSchema(schema)).toBe(true);
    const { problems } = checkParameters(connector({ runsOn: 'cloud' }), {}, { platforms: [local], storages: [] });
    expect(problems).toMatchObject([
      {
        path: ['platform'],
        code: 'PLATFORM_UNAVAILABLE',
        message: "'sample' runs on cloud platforms, and there is none that you may use; register one.",
      },
      { path: ['output_storage'], code: 'STORAGE_UNWRITABLE' },
    ]);
  });

  it('accepts its own defaults, and so does the check', () => {
    const one = connector({ runsOn: ['unix', 'cloud'], parameters: FIELDS, sweep: { seed: [1, 2] } });
    const { problems, parameters } = checkParameters(one, {}, choices);
    expect(problems).toEqual([]);
    expect(new Ajv({ strict: false }).validate(formSchema(one, choices), parameters)).toBe(true);
  });

  it('asks for what has no default', () => {
    expect(formSchema(connector({ parameters: { n: { type: 'integer' } } }), choices)).toMatchObject({ required: ['n'] });
  });
});

describe('checking parameters', () => {
  it('fills in the defaults', () => {
    expect(check({ seed: 7 })).toEqual({
      problems: [],
      parameters: {
        ...{ platform: 'local', output_storage: 'local', output_path: '', max_failures: '0' },
        ...{ seed: 7, rate: 0.5, loud: false, text: 'ab', mode: 'slow', limit: 10, sweep: {} },
      },
    });
  });

  it('takes text for what the parameter is, without losing anything', () => {
    expect(check({ seed: '7', rate: '1e-3', loud: 'true', sweep: '{"seed": ["1", 2], "other": ["1"]}' })).toMatchObject({
      problems: [],
      parameters: { seed: 7, rate: 0.001, loud: true, sweep: { seed: [1, 2], other: ['1'] } },
    });
    const wide = { parameters: { n: { type: 'integer', default: 1 }, x: { type: 'number', default: 1 } } };
    expect(messages({ n: '9007199254740993', x: '9007199254740993' }, wide)).toEqual(['n must be a whole number.', 'x must be a number.']);
    expect(messages({ n: '1.5', x: '1e999' }, wide)).toEqual(['n must be a whole number.', 'x must be a number.']);
    expect(messages({ n: '', x: '0x10' }, wide)).toEqual(['n must be a whole number.', 'x must be a number.']);
  });

  it('tells everything that is wrong at once, each with its path', () => {
    const { problems } = check({
      sed: 1,
      seed: 0,
      rate: 'fast',
      loud: 'maybe',
      text: 'A',
      mode: 'slwo',
      platform: 'locl',
      output_path: '../x',
    });
    expect(problems).toEqual([
      { path: ['sed'], code: 'BAD_INPUT', message: "There is no parameter 'sed'; did you mean 'seed'?" },
      { path: ['platform'], code: 'PLATFORM_UNAVAILABLE', message: "There is no platform 'locl'; choose local." },
      { path: ['output_path'], code: 'BAD_INPUT', message: "output_path must not hold '..'." },
      { path: ['seed'], code: 'BAD_INPUT', message: 'seed must be at least 1.' },
      { path: ['rate'], code: 'BAD_INPUT', message: 'rate must be a number.' },
      { path: ['loud'], code: 'BAD_INPUT', message: 'loud must be true or false.' },
      { path: ['text'], code: 'BAD_INPUT', message: 'text must match the pattern [a-z]+.' },
      { path: ['mode'], code: 'BAD_INPUT', message: 'mode must be one of slow, fast.' },
    ]);
  });

  it.each([
    [
      'a platform of another kind',
      { platform: 'local-cloud' },
      "'local-cloud' is a cloud platform, and 'sample' runs on unix; choose local.",
    ],
    ['machines on no cloud', { nodes: 2 }, "'nodes' is for cloud platforms only, and 'sample' does not run on them."],
    ['an unknown storage', { output_storage: 'x' }, "There is no storage 'x'; choose local."],
    ['an absolute path', { output_path: '/x' }, "output_path must not begin with '/'; it is a folder below the storage's root."],
    ['a path with a NUL', { output_path: 'a\0b' }, 'output_path must not hold control characters.'],
    ['a NUL', { text: 'a\0b' }, 'text must not hold a NUL character.'],
    ['too much text', { text: 'a'.repeat(65_537) }, 'text must be at most 64 KiB of text; larger data belongs in a file.'],
    ['a list', { seed: [1] }, 'seed must be text, a number, true or false.'],
    ['a number for text', { text: 5 }, 'text must be text.'],
    ['a half', { seed: 1.5 }, 'seed must be a whole number.'],
    ['`constructor`', { constructor: 1 }, "There is no parameter 'constructor'."],
    ['`__proto__`', JSON.parse('{"__proto__": 1}'), "There is no parameter '__proto__'."],
  ])('refuses %s', (_, given, message) => {
    expect(messages(given)).toEqual([message]);
  });

  it('asks for what has no default, unless it is swept', () => {
    const more = { parameters: { n: { type: 'integer' } } };
    expect(messages({}, more)).toEqual(['n is needed; give it a value.']);
    expect(messages({ sweep: { n: [1] } }, more)).toEqual([]);
  });

  it('keeps the default of what is not shown, unchecked', () => {
    expect(check({ limit: 'nonsense' })).toMatchObject({ problems: [], parameters: { limit: 10 } });
    expect(messages({ limit: 1, mode: 'fast' })).toEqual(['limit must be at least 5.']);
    expect(messages({ limit: 1, sweep: { mode: ['slow', 'fast'] } })).toEqual(['limit must be at least 5.']);
  });

  it('takes a blank output path, and one that begins with ./', () => {
    expect(check({ output_path: './a//b/' }).parameters.output_path).toBe('a/b');
    expect(check({ output_path: '.' }).parameters.output_path).toBe('');
  });
});

describe('machines', () => {
  const both = { runsOn: ['unix', 'cloud'] };

  it('are four, or as many as the connector says, or as the platform has', () => {
    expect(check({}, { runsOn: 'cloud' }).parameters).toMatchObject({ nodes: 4, minimum_nodes: 1 });
    expect(check({}, { runsOn: 'cloud', defaults: { nodes: 2 } }).parameters).toMatchObject({ nodes: 2 });
    const small = { platforms: [{ ...cloud, maxNodes: 3 }], storages: ['local'] };
    expect(checkParameters(connector({ runsOn: 'cloud' }), {}, small)).toMatchObject({ problems: [], parameters: { nodes: 3 } });
  });

  it('are at least the fewest that will do, and at most what the platform has', () => {
    expect(messages({ nodes: 2, minimum_nodes: 3 }, { runsOn: 'cloud' })).toEqual(['nodes: minimum_nodes (3) is larger than nodes (2).']);
    expect(messages({ nodes: 9 }, { runsOn: 'cloud' })).toEqual(["nodes must be at most 8 on 'local-cloud'."]);
    expect(messages({ nodes: 0 }, { runsOn: 'cloud' })).toEqual(['nodes must be at least 1.']);
  });

  it('are no parameters where the chosen platform is one machine', () => {
    expect(check({ nodes: 3 }, both).parameters).not.toHaveProperty('nodes');
    expect(check({ platform: 'local-cloud', nodes: '3' }, both).parameters).toMatchObject({ platform: 'local-cloud', nodes: 3 });
  });

  it('are counted for the job', () => {
    expect(requestedNodes(local, {})).toEqual({ count: 1, minimum: 1 });
    expect(requestedNodes(cloud, { nodes: 3, minimum_nodes: 2 })).toEqual({ count: 3, minimum: 2 });
  });
});
