import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownError } from '@kiln/domain';
import { describe, expect, it, vi } from 'vitest';
import { loadFolder } from './load.ts';
import { createConnectorCode } from './run-code.ts';
import { code, failure, LIMITS, outputs, processesNamed, RECORD, task, transformOf } from './sample-code.ts';
import { sample, temporary, write } from './sample-folder.ts';

describe("a connector's own code", () => {
  it('chooses the points of an iteration by what the one before came to', async () => {
    const { sweep } = await code(
      `sweep: (parameters, iteration, previous) => ({ step: [parameters.step, iteration], c: [previous?.criterion ?? 9] })`,
    );
    expect(await sweep({ step: 3 }, 2, RECORD)).toEqual({ step: [3, 2], c: [0.5] });
    expect(await sweep({ step: 3 }, 0, null)).toEqual({ step: [3, 0], c: [9] });
  });

  it('makes the inputs of the next iteration of what the tasks left', async () => {
    const { transform } = await code(`
      async transform({ parameters, iteration, tasks, history }) {
        const [first, second] = tasks;
        const [entry] = await first.list('data');
        const bytes = await second.bytes('b');
        return {
          scores: { [first.number]: bytes.length, 5: history[0].criterion },
          keep: [second.number, first.number],
          inputs: [
            { from: 4, values: { step: parameters.step }, files: { 'start/a.txt': await first.text('a/b'), copy: { task: 5, path: 'x/y' } } },
            { files: { name: entry.name, all: JSON.stringify([iteration, first.values, bytes instanceof Uint8Array]) } },
          ],
          note: ' Two\\n sets. ',
        };
      }`);
    expect(await transform(outputs())).toEqual({
      scores: { 4: 6, 5: 0.5 },
      keep: [5, 4],
      inputs: [
        { from: 4, values: { step: 2 }, files: { 'start/a.txt': 'a/b of 4', copy: { task: 5, path: 'x/y' } } },
        { files: { name: 'in data', all: '[1,{"seed":4},true]' } },
      ],
      note: 'Two sets.',
    });
  });

  it('decides whether it has converged', async () => {
    const { converged } = await code(`converged: async ({ parameters, iterations }) => {
      const criterion = iterations.at(-1).criterion;
      return { done: criterion < parameters.step, criterion, note: 'Small.' };
    }`);
    const history = { parameters: { step: 1 }, iterations: [RECORD] };
    expect(await converged(history)).toEqual({ done: true, criterion: 0.5, note: 'Small.' });
  });

  it('says more of what is published, and nothing of what it was not asked for', async () => {
    const { metadata } = await code(`metadata: async ({ tasks, last }) => ({
      experiment: { parameterSets: [{ schema: 'https://example.org/study', parameters: { last } }] },
      tasks: { [tasks[0].number]: { skip: true }, 5: { graphs: [{ name: await tasks[1].text('b'), axes: ['x'], legends: [], values: { x: [1] }, lines: [['x']] }] } },
    })`);
    expect(await metadata({ ...outputs(), last: true })).toEqual({
      experiment: { parameterSets: [{ schema: 'https://example.org/study', parameters: { last: true } }] },
      tasks: { 4: { skip: true }, 5: { graphs: [{ name: 'b of 5', axes: ['x'], legends: [], values: { x: [1] }, lines: [['x']] }] } },
    });
    const wrong = async (result: string) =>
      (await failure((await code(`metadata: () => (${result})`)).metadata({ ...outputs(), last: true }))).message;
    expect(await wrong('{ tasks: { 9: {} } }')).toContain('tasks: 9 is the number of none of the tasks that it was asked for.');
    expect(await wrong("{ experiment: { parameterSets: [{ schema: 'no address', parameters: {} }] } }")).toContain(
      'gave a wrong result: experiment.parameterSets.0.schema',
    );
    expect(await wrong('7')).toContain('gave a wrong result: what it returns');
  });

  it('has the whole domain', async () => {
    const { sweep } = await code(
      `sweep: () => ({ a: [pointAt({ x: [7, 8] }, 1).x, seconds('2m'), new KnownError('BAD_INPUT', 'No.').code] })`,
      {},
      "import { KnownError, pointAt, seconds } from '@kiln/domain';",
    );
    expect(await sweep({}, 0, null)).toEqual({ a: [8, 120, 'BAD_INPUT'] });
  });

  it('reads files of up to 64 MiB, many at once but no more than a few', async () => {
    const big = 'ä'.repeat(32 * 1024 * 1024);
    let [now, most] = [0, 0];
    const read = async (path: string) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      return path === 'big' ? big : path === 'bigger' ? `${big}a` : path;
    };
    const { transform } = await code(
      `async transform({ tasks: [task] }) {
        const [text, bytes] = [await task.text('big'), await task.bytes('big')];
        const refused = await Promise.all([task.text('bigger'), task.bytes('bigger')].map((asked) => asked.catch((error) => error.message)));
        const many = await Promise.all(Array.from({ length: 500 }, (_, i) => task.text('f' + i)));
        return { note: [text.length, bytes.length, ...refused, new Set(many).size].join(' ') };
      }`,
      { limits: { ...LIMITS, memory: 512 } },
    );
    const refusal = 'bigger of task 4 has more than 64 MiB; let the tasks make it smaller';
    expect(await transform(outputs([task(4, read)]))).toEqual({ note: `33554432 67108864 ${refusal} ${refusal} 500` });
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('may give much text, and no more than 64 MiB of it', async () => {
    const give = (length: number) =>
      transformOf(`() => ({ inputs: [{ files: { all: 'x'.repeat(${length}) } }] })`, { limits: { ...LIMITS, memory: 1024 } });
    expect((await give(20e6)).inputs?.[0]?.files['all']).toHaveLength(20e6);
    expect(await failure(give(70e6))).toMatchObject({
      code: 'CONNECTOR_CODE',
      message: 'The transform of sample returned more than 64 MiB; give files of tasks as { task, path } instead.',
    });
  });

  it('leaves no process and no directory behind', async () => {
    const mark = `left ${randomUUID()}`;
    const { transform } = await code(`async transform() {
      const { spawn } = await import('node:child_process');
      const { writeFileSync } = await import('node:fs');
      process.title = ${JSON.stringify(mark)};
      writeFileSync('here', 'x');
      spawn('sh', ['-c', 'sleep 600; :', ${JSON.stringify(mark)}], { stdio: 'inherit' });
      return { note: process.cwd() };
    }`);
    const { note: directory = '' } = await transform(outputs());
    await vi.waitFor(async () => expect(await processesNamed(mark)).toEqual([]), 20_000);
    await expect(readdir(directory)).rejects.toThrow('ENOENT');
  });

  it('sees nothing of the environment but where programs and temporary files are', async () => {
    vi.stubEnv('KILN_SECRET', 'do not tell');
    const { transform } = await code(
      `transform: () => ({ note: JSON.stringify([process.env, process.execArgv, process.cwd(), require('node:fs').readdirSync('.')]) })`,
      { environment: { ...process.env, PATH: '/some/bin:/usr/bin:/bin', HOME: '/home/ann', LANG: undefined } },
      "import { createRequire } from 'node:module';\nconst require = createRequire('/');",
    );
    const [environment, , directory, files] = JSON.parse((await transform(outputs())).note ?? '');
    vi.unstubAllEnvs();
    const { PWD: _, OLDPWD: __, SHLVL: ___, ...own } = environment; // of the shell
    expect(own).toEqual({ PATH: '/some/bin:/usr/bin:/bin', HOME: '/home/ann', LANG: 'C.UTF-8', TMPDIR: directory });
    expect(directory).toMatch(tmpdir());
    expect(files).toEqual([]);
  });

  it('is not there for what it does not have, and for a connector of data', async () => {
    const { converged } = await code('transform: () => ({})');
    expect((await failure(converged({ parameters: {}, iterations: [] }))).message).toBe('The connector sample has no function converged.');
    const { folder, cache } = await sample();
    const loaded = await loadFolder(folder, cache);
    const data = createConnectorCode({ loaded, signal: new AbortController().signal });
    expect(await failure(data.transform(outputs()))).toMatchObject({ code: 'CONNECTOR_CODE', retryable: false });
  });
});

describe('trouble that is not the fault of the code', () => {
  const away = new KnownError('DISK_FULL', 'The disk is away.', { retryable: true });
  const missing = new KnownError('NOT_FOUND', 'There is no file “a”.');
  const failing = (error: unknown) => outputs([task(4, () => Promise.reject(error)), task(5)]);

  it.each([
    ['lets it through', "async ({ tasks }) => { await tasks[0].text('a') }"],
    ['asks for several', "({ tasks }) => Promise.all(tasks.map((task) => task.bytes('a')))"],
    ['wraps it', "async ({ tasks }) => { try { await tasks[0].text('a') } catch (cause) { throw new Error('x', { cause }) } }"],
    ['does not look at it', "({ tasks }) => new Promise((resolve) => { tasks[0].text('a').then(resolve) })"],
  ])('stays retryable if transform %s', async (_, body) => {
    const { transform } = await code(`transform: ${body}`);
    expect(await failure(transform(failing(away)))).toBe(away);
  });

  it('stays a bug if it is one', async () => {
    const bug = new TypeError('x is undefined');
    const { transform } = await code("async transform({ tasks }) { await tasks[0].text('a') }");
    expect(await failure(transform(failing(bug)))).toBe(bug);
  });

  it('is no excuse for another failure, and none if transform copes with it', async () => {
    const { transform } = await code("async transform({ tasks }) { await tasks[0].text('a').catch(() => {}); throw new Error('no luck') }");
    expect((await failure(transform(failing(away)))).message).toBe('The transform of sample failed: no luck.');
    const coping = await code("async transform({ tasks }) { return { note: await tasks[0].text('a').catch((error) => error.message) } }");
    expect(await coping.transform(failing(away))).toEqual({ note: 'The disk is away.' });
  });

  it('is none when a file is missing', async () => {
    const { transform } = await code("async transform({ tasks }) { await tasks[0].text('a') }");
    const message = 'The transform of sample failed: There is no file “a”.';
    expect(await failure(transform(failing(missing)))).toMatchObject({ code: 'CONNECTOR_CODE', retryable: false, message });
  });

  it.each([
    ['../5/x', "must not hold '..'"],
    ['/etc/passwd', "must not begin with '/'"],
    ['a\\0b', 'must not hold a NUL character'],
    ['', 'must be the path of a file'],
  ])('is none when the path is %j', async (path, message) => {
    const error = await failure(transformOf(`async ({ tasks }) => { await tasks[0].text('${path}') }`));
    expect(error).toMatchObject({ code: 'CONNECTOR_CODE', message: expect.stringContaining(message) });
  });

  it('is a process that cannot be started, which may be tried again', async () => {
    const directory = await temporary();
    const parent = join(directory, 'full');
    await write(directory, { full: 'a file, not a directory' });
    const { transform } = await code('transform: () => ({})');
    vi.stubEnv('TMPDIR', parent);
    const error = await failure(transform(outputs()));
    vi.unstubAllEnvs();
    expect(error).toMatchObject({ code: 'CONNECTOR_CODE', retryable: true });
    expect(error.message).toContain('The transform of sample could not be started on this machine: Error: ENOTDIR');
  });
});
