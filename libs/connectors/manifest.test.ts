import { describe, expect, it } from 'vitest';
import { loadFolder } from './load.ts';
import { MINIMAL, sample } from './sample-folder.ts';

const load = async (yaml: string) => {
  const { folder, cache } = await sample({ ...MINIMAL, 'connector.yaml': yaml });
  return (await loadFolder(folder, cache)).connector;
};
const HEAD = 'description: A sample.\nrunsOn: unix\n';

describe('connector.yaml', () => {
  it('becomes a connector with what its author left out filled in', async () => {
    const connector = await load(`
description: Counts.
runsOn: unix
parameters:
  seed: { default: 42, minimum: 0 }
  rate: { default: 0.5 }
  loud: { default: true }
  mode: { choices: [slow, { value: fast, title: As fast as can be }], default: slow, section: compute }
  limit: { type: integer, onlyWhen: { parameter: mode, equals: fast }, help: Most of all. }
`);
    expect(connector).toEqual({
      name: 'sample',
      title: 'sample',
      description: 'Counts.',
      runsOn: ['unix'],
      parameters: [
        { name: 'seed', type: 'integer', section: 'domain', default: 42, minimum: 0 },
        { name: 'rate', type: 'number', section: 'domain', default: 0.5 },
        { name: 'loud', type: 'boolean', section: 'domain', default: true },
        {
          name: 'mode',
          type: 'string',
          section: 'compute',
          default: 'slow',
          choices: [
            { value: 'slow', title: 'slow' },
            { value: 'fast', title: 'As fast as can be' },
          ],
        },
        { name: 'limit', type: 'integer', section: 'domain', help: 'Most of all.', onlyWhen: { parameter: 'mode', equals: 'fast' } },
      ],
      defaults: {},
      sweep: {},
      reliability: false,
      input: null,
      outputs: [],
      stages: {},
      payload: { bootstrap: false, schedule: false, copied: false, initial: false, placeholders: [] },
    });
  });

  it('keeps the order of parameters and of the sweep', async () => {
    const connector = await load(`${HEAD}sweep:\n  zeta: [2, 1]\n  alpha: [x]\n  mid: [true]\n`);
    expect(JSON.stringify(connector.sweep)).toBe('{"zeta":[2,1],"alpha":["x"],"mid":[true]}');
  });

  it('moves to the cloud by one word', async () => {
    expect((await load(HEAD.replace('unix', 'cloud'))).runsOn).toEqual(['cloud']);
    expect((await load(HEAD.replace('unix', '[unix, cloud]'))).runsOn).toEqual(['unix', 'cloud']);
  });

  it('has the fields of retries by one word', async () => {
    expect((await load(`${HEAD}reliability: true\n`)).reliability).toBe(true);
    expect((await load(`${HEAD}reliability: false\n`)).reliability).toBe(false);
  });

  it('takes an input location by one word', async () => {
    const connector = await load(`${HEAD}input: optional\ndefaults: { input_storage: shelf, input_path: cases }\n`);
    expect(connector).toMatchObject({ input: 'optional', payload: { schedule: true } });
  });

  it('takes a key with nothing below it as not given', async () => {
    expect((await load(`${HEAD}parameters:\nsweep:\n`)).parameters).toEqual([]);
  });

  it.each([
    ['an unknown key', `${HEAD}parmeters: {}\n`, "connector.yaml: there is no key 'parmeters'; did you mean 'parameters'?"],
    [
      'an unknown key of a parameter',
      `${HEAD}parameters: { n: { default: 1, min: 2 } }\n`,
      "connector.yaml: there is no key 'min' in parameters.n.",
    ],
    ['no description', 'runsOn: unix\n', 'connector.yaml: description is missing.'],
    ['no platform', 'description: x\n', 'connector.yaml: runsOn is missing.'],
    [
      'an unknown platform',
      'description: x\nrunsOn: moon\n',
      'connector.yaml: runsOn must be one of unix, slurm, pbs, sge, cloud, or a list of them.',
    ],
    [
      'stages',
      `${HEAD}stages: { wait: {} }\n`,
      'connector.yaml: `stages` are code; write a connector.ts instead of connector.yaml to change them.',
    ],
    [
      'transform',
      `${HEAD}transform: x\n`,
      'connector.yaml: `transform` is code; write a connector.ts instead of connector.yaml to have it.',
    ],
    [
      'converged',
      `${HEAD}converged: { a: 1 }\n`,
      'connector.yaml: `converged` is code; write a connector.ts instead of connector.yaml to have it.',
    ],
    ['reliability that is neither', `${HEAD}reliability: perhaps\n`, 'connector.yaml: reliability must be true or false.'],
    ['input that is neither', `${HEAD}input: yes\n`, 'connector.yaml: input must be required or optional.'],
    [
      'a default for input without input',
      `${HEAD}defaults: { input_path: x }\n`,
      'connector.yaml: defaults.input_path is for a connector with `input: required` or `input: optional`; add that.',
    ],
    ['a misspelt key', `${HEAD}reliabilty: true\n`, "connector.yaml: there is no key 'reliabilty'; did you mean 'reliability'?"],
    ['a list', '- a\n', 'connector.yaml: it must be a map of keys, such as `description:` and `runsOn:`.'],
    ['nothing', '', 'connector.yaml: it must be a map of keys, such as `description:` and `runsOn:`.'],
    [
      'a parameter that is no map',
      `${HEAD}parameters: { n: 1 }\n`,
      'connector.yaml: parameters.n must be a map, such as `{ type: integer, default: 1 }`.',
    ],
    [
      'a default of no type',
      `${HEAD}parameters: { n: { default: [1] } }\n`,
      'connector.yaml: parameters.n.default must be text, a number, true or false.',
    ],
    ['no type and no default', `${HEAD}parameters: { n: {} }\n`, 'connector.yaml: parameters.n needs a `type` or a `default`.'],
    [
      'a system parameter',
      `${HEAD}parameters: { nodes: { default: 1 } }\n`,
      "connector.yaml: parameters.nodes: 'nodes' is a parameter that every connector has; choose another name.",
    ],
    [
      'a name that breaks shells',
      `${HEAD}parameters: { PATH: { default: x } }\n`,
      "connector.yaml: parameters.PATH: 'PATH' has a meaning of its own in the environment of a task; choose another name.",
    ],
    [
      'a name that is no identifier',
      `${HEAD}parameters: { a-b: { default: x } }\n`,
      "connector.yaml: parameters.a-b: 'a-b' cannot be the name of a parameter",
    ],
    [
      'a default below the minimum',
      `${HEAD}parameters: { n: { default: 1, minimum: 2 } }\n`,
      'connector.yaml: parameters.n.default must be at least 2.',
    ],
    [
      'a default that is no choice',
      `${HEAD}parameters: { n: { default: 3, choices: [1, 2] } }\n`,
      'connector.yaml: parameters.n.default must be one of 1, 2.',
    ],
    [
      'a default against the pattern',
      `${HEAD}parameters: { n: { default: abc, pattern: 'ab' } }\n`,
      'connector.yaml: parameters.n.default must match the pattern ab.',
    ],
    [
      'a pattern that is none',
      `${HEAD}parameters: { n: { default: a, pattern: '(' } }\n`,
      'connector.yaml: parameters.n.pattern is not a regular expression: (',
    ],
    [
      'a minimum above the maximum',
      `${HEAD}parameters: { n: { default: 1, minimum: 2, maximum: 1 } }\n`,
      'connector.yaml: parameters.n.minimum (2) is larger than its maximum (1).',
    ],
    [
      'a number that is too large to be exact',
      `${HEAD}parameters: { n: { type: integer, default: 9007199254740993 } }\n`,
      'connector.yaml: parameters.n.default must be a whole number between',
    ],
    ['a sweep of no list', `${HEAD}sweep: { a: 1 }\n`, 'connector.yaml: sweep.a must be a list of values.'],
    ['a sweep of lists of lists', `${HEAD}sweep: { a: [[1]] }\n`, 'connector.yaml: sweep.a.0 must be text, a number, true or false.'],
    ['an empty sweep', `${HEAD}sweep: { a: [] }\n`, "connector.yaml: sweep: The sweep of 'a' has no values; give at least one."],
    [
      'a sweep of the platform',
      `${HEAD}sweep: { platform: [a] }\n`,
      "connector.yaml: sweep: 'platform' cannot be swept, because it is the same for all tasks of a job.",
    ],
    [
      'a condition on a later parameter',
      `${HEAD}parameters: { a: { default: 1, onlyWhen: { parameter: b, equals: 1 } }, b: { default: 1 } }\n`,
      "connector.yaml: parameters.a.onlyWhen: there is no parameter 'b' before 'a'.",
    ],
    [
      'an unknown default',
      `${HEAD}defaults: { node: 2 }\n`,
      "connector.yaml: defaults.node: only parameters that every connector has have defaults here; did you mean 'nodes'?",
    ],
    ['a default of no machines', `${HEAD}defaults: { nodes: 0 }\n`, 'connector.yaml: defaults.nodes must be a whole number of at least 1.'],
    [
      'a __proto__ among the parameters',
      `${HEAD}parameters: { __proto__: { default: 1 } }\n`,
      "connector.yaml: '__proto__' cannot be a key in parameters.",
    ],
    ['a syntax error', `${HEAD}title: "open\n`, 'connector.yaml: line 4: '],
    ['a key twice', `${HEAD}runsOn: cloud\n`, 'connector.yaml: line 3: Map keys must be unique.'],
  ])('tells what is wrong with %s', async (_, yaml, message) => {
    const failure = load(yaml);
    await expect(failure).rejects.toMatchObject({ code: 'CONNECTOR_BROKEN' });
    await expect(failure).rejects.toThrow(message);
  });

  it('tells everything that is wrong at once', async () => {
    await expect(load(`${HEAD}parameters: { a: {}, PATH: { default: x } }\n`)).rejects.toThrow(/parameters\.a .*parameters\.PATH/);
  });

  it('takes `constructor` for a name like any other', async () => {
    const connector = await load(`${HEAD}parameters: { constructor: { default: 1 }, toString: { default: a } }\n`);
    expect(connector.parameters.map(({ name }) => name)).toEqual(['constructor', 'toString']);
  });

  it('refuses aliases that would grow without end', async () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [next, previous] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'].map((pair) => [...pair])) {
      bomb.push(`${next}: &${next} [${Array(10).fill(`*${previous}`).join(', ')}]`);
    }
    const failure = load(`${HEAD}${bomb.join('\n')}\n`);
    await expect(failure).rejects.toMatchObject({ code: 'CONNECTOR_BROKEN' });
    await expect(failure).rejects.toThrow('alias');
  });
});

describe("a connector's folder", () => {
  it.each(['Sample', '1st', 'a_b', 'a'.repeat(61)])('may not be called %s', async (name) => {
    const { folder, cache } = await sample();
    await expect(loadFolder(`${folder}/../${name}`, cache)).rejects.toThrow('cannot be the name of a connector');
  });

  it('needs something to run', async () => {
    const { folder, cache } = await sample({ 'connector.yaml': HEAD });
    const failure = loadFolder(folder, cache);
    await expect(failure).rejects.toMatchObject({ code: 'PAYLOAD_MISSING' });
    await expect(failure).rejects.toThrow('payloads/sample has no process_payload/main.sh; add it, or give `command:` in connector.yaml.');
  });

  it('has either a command or a main.sh', async () => {
    await expect(load(`${HEAD}command: echo hi\n`)).rejects.toThrow('both say what a task runs');
  });

  it('has either a connector.yaml or a connector.ts', async () => {
    const { folder, cache } = await sample({ ...MINIMAL, 'connector.ts': 'export default {}' });
    await expect(loadFolder(folder, cache)).rejects.toThrow('sample: it has both connector.yaml and connector.ts; remove one of them.');
  });

  it('has one of them', async () => {
    const { folder, cache } = await sample({ 'connector.yml': HEAD });
    await expect(loadFolder(folder, cache)).rejects.toThrow('rename connector.yml to connector.yaml');
  });
});
