import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KnownError, type StageOverride } from '@kiln/domain';
import { describe, expect, it } from 'vitest';
import { loadFolder } from './load.ts';
import { MINIMAL, sample } from './sample-folder.ts';

const { 'process_payload/main.sh': main = '' } = MINIMAL;
const load = async (code: string, more: Record<string, string> = {}) => {
  const { folder, cache } = await sample({ 'process_payload/main.sh': main, 'connector.ts': code, ...more });
  return { folder, cache, loaded: await loadFolder(folder, cache) };
};

describe('connector.ts', () => {
  it('gives the same value as connector.yaml', async () => {
    const data = await sample({
      ...MINIMAL,
      'connector.yaml': 'description: x\nrunsOn: unix\nparameters: { n: { default: 1 } }\nsweep: { n: [1, 2] }\n',
    });
    const { loaded } = await load(`
      import { defineConnector } from '@kiln/domain';
      export default defineConnector({ description: 'x', runsOn: 'unix', parameters: { n: { type: 'integer', default: 1 } }, sweep: { n: [1, 2] } });
    `);
    expect(loaded.connector).toEqual((await loadFolder(data.folder, data.cache)).connector);
  });

  it('may import the domain as `kiln`, files of its folder, and modules of Node', async () => {
    const { loaded } = await load(
      `import { type Connector, defineConnector } from 'kiln';
       import { join } from 'node:path';
       import { title } from './parts/title.ts';
       import data from './data.json';
       export default defineConnector({ title, description: join('a', data.b), runsOn: 'unix' });`,
      { 'parts/title.ts': "export const title: string = 'From a file';", 'data.json': '{"b": "c"}' },
    );
    expect(loaded.connector).toMatchObject({ title: 'From a file', description: 'a/c' });
  });

  it('keeps stage overrides and the functions in them', async () => {
    const { loaded } = await load(`
      import { defineConnector, KnownError } from '@kiln/domain';
      export default defineConnector({
        description: 'x',
        runsOn: 'cloud',
        sweep: (parameters, iteration) => ({ step: [iteration, Number(parameters.n)] }),
        stages: {
          converge: {
            async process(state, world, base) { return { ...(await base()), criterion: 0.5 }; },
            validate(submission, base) { throw new KnownError('BAD_INPUT', 'No.'); },
          },
        },
      });
    `);
    const { sweep, stages } = loaded.connector;
    expect(typeof sweep === 'function' && sweep({ n: 7 }, 3, null)).toEqual({ step: [3, 7] });
    const converge: StageOverride<'converge'> | undefined = stages.converge;
    const state = {} as never; // this override does not look at it
    expect(await converge?.process?.(state, state, async () => ({ done: true }))).toEqual({ done: true, criterion: 0.5 });
    expect(() => converge?.validate?.(state, () => [])).toThrow(KnownError);
  });

  it('keeps transform and converged, and the text of its code', async () => {
    const { loaded } = await load(
      `export default { description: 'x', runsOn: 'unix', reliability: true, transform() {}, converged() {} };`,
    );
    expect(loaded.connector).toMatchObject({ reliability: true, transform: expect.any(Function), converged: expect.any(Function) });
    expect(loaded.code).toContain('transform()');
    const data = await sample();
    expect((await loadFolder(data.folder, data.cache)).code).toBe(null);
  });

  it('is a new module when it changed', async () => {
    const code = (title: string) => `export default { title: '${title}', description: 'x', runsOn: 'unix' };`;
    const { folder, cache, loaded } = await load(code('one'));
    await writeFile(join(folder, 'connector.ts'), code('two'));
    const changed = await loadFolder(folder, cache);
    expect([loaded.connector.title, changed.connector.title]).toEqual(['one', 'two']);
    expect(changed.hash).not.toBe(loaded.hash);
  });

  const OK = "description: 'x', runsOn: 'unix'";
  it.each([
    ['throws', "throw new Error('no luck');", 'connector.ts: it cannot be loaded: no luck.'],
    ['throws what is no error', "throw 'rubbish';", 'connector.ts: it cannot be loaded: rubbish.'],
    ['has no default export', `export const connector = { ${OK} };`, 'connector.ts: it has no default export; write'],
    ['exports a function', 'export default () => 1;', 'connector.ts: it must be a map of keys'],
    ['exports null', 'export default null;', 'connector.ts: it must be a map of keys'],
    ['exports a list', 'export default [];', 'connector.ts: it must be a map of keys'],
    ['has an unknown key', `export default { ${OK}, stage: {} };`, "connector.ts: there is no key 'stage'; did you mean 'stages'?"],
    [
      'overrides no stage',
      `export default { ${OK}, stages: { conferge: {} } };`,
      "connector.ts: stages.conferge is not a stage; did you mean 'converge'.",
    ],
    ['overrides no part', `export default { ${OK}, stages: { wait: { proces() {} } } };`, "connector.ts: stages.wait has no part 'proces'"],
    [
      'overrides with no function',
      `export default { ${OK}, stages: { wait: { process: 1 } } };`,
      'connector.ts: stages.wait must have a function as process.',
    ],
    ['transforms by no function', `export default { ${OK}, transform: {} };`, 'connector.ts: transform must be a function.'],
    ['converges by no function', `export default { ${OK}, converged: true };`, 'connector.ts: converged must be a function.'],
    ['is reliable by a word', `export default { ${OK}, reliability: 'yes' };`, 'connector.ts: reliability must be true or false.'],
    ['sweeps text', `export default { ${OK}, sweep: 'all' };`, 'connector.ts: sweep must be a map of lists or a function.'],
    ['has a syntax error', 'export default {\n  a: b c\n};', 'connector.ts: line 2: '],
    ['imports a package', "import x from 'lodash'; export default x;", "'lodash' cannot be imported by a connector; it may import files"],
    ['imports a file that is not there', "import x from './x.ts'; export default x;", "there is no './x.ts' in the connector's folder"],
    ['imports a file outside', "import x from '../x.ts'; export default x;", "'../x.ts' lies outside the connector's folder"],
    ['imports an absolute path', "import x from '/etc/hostname'; export default x;", "'/etc/hostname' cannot be imported by a connector"],
    [
      'waits for what nothing can fulfil',
      'await new Promise(() => {}); export default {};',
      'connector.ts: it did not finish loading within 5 seconds',
    ],
  ])('is broken if it %s', async (_, code, message) => {
    const failure = load(code);
    await expect(failure).rejects.toMatchObject({ code: 'CONNECTOR_BROKEN', retryable: false });
    await expect(failure).rejects.toThrow(message);
  });

  it.each([
    ['waits for ever', 'await new Promise((resolve) => setTimeout(resolve, 1e8)); export default {};'],
    ['computes for ever', 'for (;;); export default {};'],
  ])(
    'is broken if it %s, and the process goes on',
    async (_, code) => {
      const message = expect.stringContaining('connector.ts: it did not finish loading within 5 seconds');
      await expect(load(code)).rejects.toMatchObject({ code: 'CONNECTOR_BROKEN', message, retryable: true });
    },
    30_000,
  );
});
