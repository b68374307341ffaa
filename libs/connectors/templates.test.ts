import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { templateProblems } from './check-templates.ts';
import { contentHash, readFolder } from './folder.ts';
import { loadFolder, loadUnpacked } from './load.ts';
import { type Files, MINIMAL, sample } from './sample-folder.ts';
import { nodeWith, shells } from './sample-node.ts';

const P = 'process_payload';
const SWEPT = { 'connector.yaml': 'description: x\nrunsOn: unix\nsweep: { var1: [7, 9], var2: [42] }\n' };

async function node(files: Files, shell?: string) {
  const { folder } = await sample({ ...MINIMAL, ...SWEPT, ...files });
  return nodeWith(folder, shell);
}

async function load(files: Files) {
  const { folder, cache } = await sample({ ...MINIMAL, ...SWEPT, ...files });
  return (await loadFolder(folder, cache)).connector;
}

describe.each(shells)('with %s as its shell, a task', (shell) => {
  it('finds what its templates become in "$1" and in its working directory, and what it runs with in values', async () => {
    const there = await node(
      {
        'initial/sub/model_template': 'var1 {{var1}}\n{{ var2 }}/{{run_counter}}{{var1}}',
        'initial/plain': '{{var1}}',
        [`${P}/run.sh_template`]: '#!/bin/sh\necho {{var2}}\n',
        [`${P}/schedule.sh`]: '#!/bin/sh\ncp "$1/sub/model" scheduled\n',
        [`${P}/main.sh`]: '#!/bin/sh\ncp -R "$1"/* scheduled "$2"\n./run.sh >"$2/ran"\n',
      },
      shell,
    );
    await there.task(3, { var1: 7, var2: 42 });
    expect(await there.read('output_0/3/sub/model')).toBe('var1 7\n42/37');
    expect(await there.read('output_0/3/scheduled')).toBe('var1 7\n42/37');
    expect(await there.read('output_0/3/plain')).toBe('{{var1}}');
    expect(await there.read('output_0/3/ran')).toBe('42\n');
    expect(JSON.parse(await there.read('output_0/3/values'))).toEqual({ var1: 7, var2: 42, run_counter: 3 });
    expect((await stat(join(there.directory, 'work/3/run.sh'))).mode & 0o100).not.toBe(0);
  });

  it('gets values as they are, whatever they hold', async () => {
    const word = `$(id) \`id\` & \\& \\\\1 \\n {{var2}} '" %s %d ;|\n\n/../ 1e3 Áé中🔥\t 0x10 `;
    const there = await node({ 'initial/a_template': '[{{var1}}]\r\n{{var2}}\\n&\n\n' }, shell);
    await there.task(1, { var1: word, var2: '007.10' });
    expect(await there.read('input_0/1/a')).toBe(`[${word}]\r\n007.10\\n&\n\n`);
  });

  it('whose template wants what has no value fails, and says where', async () => {
    const there = await node({ 'initial/a_template': 'x\n{{var3}}\n' }, shell);
    await expect(there.task(1, { var1: 1 })).rejects.toThrow('initial/a_template: line 2: nothing gives {{var3}} a value.');
  });

  it('of the older layout finds its inputs in chiminey/', async () => {
    const { folder } = await sample({
      'initial/in_template': '{{n}} {{run_counter}}\n',
      [`${P}/job_template`]: 'cat chiminey/in >chiminey/out # {{n}}\n',
      [`${P}/start_running_process.sh`]: '. ./job\n',
      values: '{"n": 1, "run_counter": 7}',
    });
    const there = await nodeWith(folder, shell);
    await there.task(2, { n: 5 });
    expect(await there.read('output_0/2/out')).toBe('5 2\n');
    expect(there.connector.payload.placeholders.map(({ file, name }) => `${file} ${name}`)).toEqual([
      'initial/in_template n',
      'initial/in_template run_counter',
      `${P}/job_template n`,
    ]);
  });
});

it('a version that was archived before Kiln knew of templates stays what it was', async () => {
  const files = { ...MINIMAL, 'initial/x': '', values: '[]', [`${P}/a_template`]: '{% if %}' };
  const { folder, cache } = await sample(files);
  const hash = contentHash(await readFolder(folder));
  const { connector } = await loadUnpacked(folder, 'sample', hash, cache);
  expect(connector).toMatchObject({ parameters: [], payload: { schedule: false, copied: true, initial: false, placeholders: [] } });
});

describe('values', () => {
  it('are the defaults of parameters, which those of connector.yaml, the form and the sweep replace in this order', async () => {
    const { parameters } = await load({
      'connector.yaml': 'description: x\nrunsOn: unix\nparameters: { irun: { default: 5 }, seed: { type: integer, title: Seed } }\n',
      'initial/values': '{"npre": 100, "irun": 20, "seed": 42, "mode": "fast", "run_counter": 9}',
    });
    expect(parameters).toEqual([
      { name: 'irun', type: 'integer', section: 'domain', default: 5 },
      { name: 'seed', type: 'integer', title: 'Seed', section: 'domain', default: 42 },
      { name: 'npre', type: 'number', section: 'domain', default: 100 },
      { name: 'mode', type: 'string', section: 'domain', default: 'fast' },
    ]);
  });

  it.each<[string, Files, string]>([
    ['no JSON', { values: '{"a": }' }, 'values: it is not JSON: '],
    ['a list', { values: '[1]' }, 'values: it must be a map of names and values'],
    ['a list for a value', { values: '{"a": [1]}' }, 'values: a must be text, a number, true or false.'],
    ['a name that is none', { 'initial/values': '{"a-b": 1}' }, "initial/values: 'a-b' cannot be the name of a parameter"],
    ['a name of every connector', { values: '{"queue": "long"}' }, "values: 'queue' is a parameter that every connector has"],
    ['two of them', { values: '{}', 'initial/values': '{}' }, 'values: there is initial/values as well; remove one of them.'],
  ])('are refused if they hold %s', async (_, files, message) => {
    await expect(load(files)).rejects.toMatchObject({ code: 'CONNECTOR_BROKEN', message: expect.stringContaining(message) });
  });
});

describe('a template', () => {
  const T = 'initial/a_template';
  it.each<[string, Files, string]>([
    ['a “{{” without an end', { [T]: 'a\n{{var1}\n' }, `${T}: line 2: a “{{” is not closed by “}}” on its line.`],
    ['a filter', { [T]: '{{ var1|upper }}' }, `${T}: line 1: {{ var1|upper }} names no value`],
    ['nothing between', { [T]: '{{}}' }, `${T}: line 1: {{}} names no value`],
    ['a tag', { [T]: '\n\n{% if var1 %}' }, `${T}: line 3: {% if var1 %} is of a kind that Kiln does not have`],
    ['a comment', { [T]: '{# why #}' }, `${T}: line 1: {# why #} is of a kind`],
    ['bytes that are no text', { [T]: 'a\0' }, `${T}: it is no text`],
    ['a file beside it that it would replace', { [T]: '', 'initial/a': '' }, `${T}: there is initial/a already`],
  ])('is refused if it holds %s', async (_, files, message) => {
    await expect(load(files)).rejects.toMatchObject({ code: 'CONNECTOR_BROKEN', message: expect.stringContaining(message) });
  });

  it('that wants what nothing gives refuses the submission, with its file and line, unless that sweeps it', async () => {
    const connector = await load({ [T]: 'x\n{{var1}} {{var3}} {{run_counter}}\n' });
    expect(templateProblems(connector, { var1: [7, 9], var2: [42] })).toEqual([
      {
        path: ['sweep'],
        code: 'BAD_INPUT',
        message: `${T}: line 2: nothing gives {{var3}} a value; sweep var3, or make it a parameter of the connector.`,
      },
    ]);
    expect(templateProblems(connector, { var1: [1], var3: [2] })).toEqual([]);
  });
});
