import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConnector } from './doctor.ts';
import { type Files, MINIMAL, sample, temporary } from './sample-folder.ts';
import { newConnector } from './scaffold.ts';

async function findings(files: Files, change?: (folder: string) => Promise<void>): Promise<string[]> {
  const { folder, cache } = await sample({ ...MINIMAL, ...files });
  await change?.(folder);
  return (await checkConnector(folder, cache)).map(({ level, message }) => `${level}: ${message}`);
}
const MAIN = 'process_payload/main.sh';

describe('checking a connector', () => {
  it('finds nothing wrong with a new one, and shows what its first task sees', async () => {
    const parent = await temporary();
    const found = await checkConnector(await newConnector(parent, 'hello'), join(parent, 'cache'));
    expect(found.map(({ level }) => level)).toEqual(['ok', 'ok', 'ok']);
    expect(found.at(-1)?.message).toBe('The first task sees greeting=Hello who=world KILN_TASK=1 KILN_ITERATION=0.');
  });

  it('tells why a connector cannot be loaded', async () => {
    expect(await findings({ 'connector.yaml': 'runsOn: unix\n' })).toEqual(['error: connector.yaml: description is missing.']);
  });

  it.each<[string, Files, string]>([
    ['lines that end as on Windows', { [MAIN]: '#!/bin/sh\r\necho\r\n' }, `error: ${MAIN}: its lines end as on Windows (CRLF)`],
    ['no first line', { [MAIN]: 'echo hi\n' }, `warning: ${MAIN}: it does not say what runs it; begin it with '#!/bin/sh'.`],
    [
      'a path of one machine',
      { [MAIN]: '#!/bin/sh\ncat /home/me/data >"$2"/x\n' },
      `warning: ${MAIN}: line 2: /home/me/data is a path of one machine`,
    ],
    [
      'writing elsewhere',
      { [MAIN]: '#!/bin/sh\ndate >/var/results\n' },
      `warning: ${MAIN}: line 2: it writes to /var/results; only what is written to "$2" is kept.`,
    ],
    ['$RANDOM in sh', { [MAIN]: '#!/bin/sh\necho $RANDOM >"$2"/x\n' }, `warning: ${MAIN}: line 2: $RANDOM is blank in sh`],
    ['a syntax error for sh', { [MAIN]: '#!/bin/sh\n\nif true; then\necho\n' }, `error: ${MAIN}: line `],
    ['a syntax error for bash', { 'bootstrap.sh': '#!/usr/bin/env bash\nfoo=(1 2\n' }, 'error: bootstrap.sh: line '],
    [
      'a parameter that nothing uses',
      { 'connector.yaml': 'description: x\nrunsOn: unix\nparameters: { n: { default: 1 } }\n' },
      "warning: No file of the payload uses the parameter 'n'",
    ],
  ])('finds %s', async (_, files, message) => {
    expect((await findings(files)).some((finding) => finding.startsWith(message))).toBe(true);
  });

  it('tells of a connector in code how it iterates, and what could make it iterate otherwise', async () => {
    const { folder, cache } = await sample({
      [MAIN]: '#!/bin/sh\necho >"$2"/x\n',
      'connector.ts': `export { default } from './parts/all.ts';`,
      'parts/all.ts': `// not Math.random()
        export default {
          description: 'x', runsOn: 'unix', defaults: { maximum_iterations: 7 },
          transform: () => ({ inputs: [{ files: { seed: String(Math.random()) } }] }),
          converged: () => ({ done: false }),
        };`,
    });
    const found = (await checkConnector(folder, cache)).map(({ level, message }) => `${level}: ${message}`);
    expect(found.filter((finding) => finding.startsWith('warning'))).toEqual([
      'warning: parts/all.ts: line 4: it depends on chance or the time: a step that is repeated then gives something else; derive it from the parameters and the iteration.',
    ]);
    expect(found.at(-1)).toBe(
      'ok: It iterates until `converged` says that it is done, and at most 7 times, unless a submission says otherwise. `transform` makes the inputs of each next one.',
    );
  });

  it('tells what is wrong with the keys of reliability', async () => {
    const yaml = 'description: x\nrunsOn: unix\nreliability: true\ndefaults: { retry_codes: EXITS }\n';
    expect(await findings({ 'connector.yaml': yaml })).toEqual([
      "error: connector.yaml: defaults.retry_codes has 'EXITS', which is no code of a failure; did you mean 'EXIT'?",
    ]);
  });

  it.each([
    [
      'an error for a program of another language',
      '#!/usr/bin/env python3\n',
      'error: process_payload/main.sh: it is for /usr/bin/env python3, but',
    ],
    ['a warning for a shell script', '#!/bin/sh\n', 'warning: process_payload/main.sh: it is not executable'],
  ])('finds a missing exec bit: %s', async (_, script, message) => {
    const found = await findings({ [MAIN]: script }, (folder) => chmod(join(folder, MAIN), 0o644));
    expect(found.some((finding) => finding.startsWith(message))).toBe(true);
  });

  it('passes over bash arrays in bash, harmless redirections, and parameters read from values.json', async () => {
    const yaml = 'description: x\nrunsOn: unix\nparameters: { n: { default: 1 } }\n';
    const script = '#!/bin/bash\na=(1 2)\ncat "$1/values.json" 2>/dev/null >"$2"/x 2>&1 # >/x\n# /home/me\n';
    expect((await findings({ 'connector.yaml': yaml, [MAIN]: script })).filter((finding) => !finding.startsWith('ok'))).toEqual([]);
  });

  it('looks for parameters in a command', async () => {
    const { folder, cache } = await sample({
      'connector.yaml': 'description: x\nrunsOn: unix\ncommand: echo $a\nparameters: { a: { default: 1 }, b: { default: 1 } }\n',
    });
    const found = (await checkConnector(folder, cache)).filter(({ level }) => level === 'warning');
    expect(found.map(({ message }) => message)).toEqual(["No file of the payload uses the parameter 'b'; read it as $b, or remove it."]);
  });
});

describe('checking a payload of Chiminey', () => {
  const check = async (files: Files) => {
    const { folder, cache } = await sample(files);
    return (await checkConnector(folder, cache)).slice(1).map(({ level, message }) => `${level}: ${message}`);
  };

  it('tells what it was recognised by, and reads its scripts as bash does', async () => {
    const script = 'process_payload/start_running_process.sh';
    expect(await check({ [script]: '#!/bin/sh\n[[ $RANDOM ]] && date >& chiminey/date\n', values: '{"n": 1}' })).toEqual([
      "ok: It is a payload of Chiminey's older layout, known by process_payload/start_running_process.sh; what its tasks leave in chiminey/ is kept.",
      'ok: It has no connector.yaml: it runs on machines and on clouds, and only the names in `values` are its parameters.',
      `ok: ${script}: bash can read it.`,
      "warning: No file of the payload uses the parameter 'n'; read it as $n, or remove it.",
      'ok: The first task sees n=1 KILN_TASK=1 KILN_ITERATION=0.',
    ]);
    expect(await check({ [script]: 'date >date\n' })).toContain(
      'warning: No script of the payload names chiminey/; only what is written there is kept.',
    );
  });

  it.each(['OUTPUT_DIR=$1\necho 5 > $OUTPUT_DIR/number', 'date > "$1"/number'])(
    'finds an output directory that is the input: %s',
    async (line) => {
      expect(await check({ [MAIN]: `#!/bin/sh\n${line}\n` })).toContain(
        `warning: ${MAIN}: line 2: "$1" is the input directory; only what is written to "$2" is kept.`,
      );
    },
  );

  it('finds a name in a template that a submission has to sweep', async () => {
    expect(await findings({ 'initial/a_template': '{{x}}' })).toContain(
      'warning: initial/a_template: line 1: nothing gives {{x}} a value; sweep x, or make it a parameter of the connector.',
    );
  });
});

describe('a new connector', () => {
  it('may not have a bad name, and does not replace another', async () => {
    const parent = await temporary();
    await expect(newConnector(parent, '../x')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await newConnector(parent, 'hello');
    await expect(newConnector(parent, 'hello')).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
