import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { namespacePrefix } from './code-namespace.ts';
import type { CodeOptions } from './run-code.ts';
import { code, failure, LIMITS, outputs, processesNamed, task, transformOf } from './sample-code.ts';
import { temporary } from './sample-folder.ts';

describe('hostile code', async () => {
  const short = { limits: { ...LIMITS, transform: 1500 } };
  const TOO_LATE = 'The transform of sample did not finish within 1.5 seconds';

  it.each<[string, string, string, Partial<CodeOptions>?]>([
    ['throws', "() => { throw new Error('no luck') }", 'The transform of sample failed: no luck.'],
    ['throws what is no error', '() => { throw 5 }', 'The transform of sample failed: it threw 5.'],
    [
      'throws what cannot be shown',
      '() => { throw { toString() { throw 1 } } }',
      'The transform of sample failed: it threw what cannot be shown.',
    ],
    ['rejects', "async () => { throw new Error('no luck.\\nAt all.') }", 'The transform of sample failed: no luck.'],
    ['throws later', "() => new Promise(() => setTimeout(() => { throw new Error('late') }))", 'The transform of sample failed: late.'],
    [
      'says more before it throws',
      "() => { console.log('out'); for (let i = 0; i < 9; i++) console.error('line', i); throw new Error('no luck') }",
      'The transform of sample failed: no luck (it wrote: line 6 | line 7 | line 8).',
    ],
    ['never answers', '() => new Promise(() => {})', 'The transform of sample failed: it waits for something that cannot happen any more.'],
    ['waits for ever', '() => new Promise(() => setInterval(() => {}, 1000))', TOO_LATE, short],
    ['computes for ever', '() => { for (;;); }', TOO_LATE, short],
    ['stops itself', "() => { process.kill(process.pid, 'SIGSTOP') }", TOO_LATE, short],
    ['exits', '() => process.exit(3)', 'The transform of sample ended with exit code 3 before it gave a result.'],
    ['exits as if all were well', '() => process.exit(0)', 'The transform of sample ended with exit code 0 before it gave a result.'],
    [
      'kills itself',
      "() => { console.error('bye'); process.kill(process.pid, 'SIGKILL'); for (;;); }",
      'The transform of sample was ended by signal SIGKILL before it gave a result (it wrote: bye).',
    ],
    ['aborts', '() => process.abort()', 'The transform of sample was ended by signal SIGABRT before it gave a result'],
    [
      'takes memory',
      '() => { const all = []; for (;;) all.push({ all }) }',
      'The transform of sample needed more memory than the 128 MB that it may have.',
    ],
    [
      'takes memory outside of its heap',
      '() => { const all = []; for (;;) all.push(Buffer.alloc(50e6, 1)) }',
      'The transform of sample failed: Array buffer allocation failed.',
    ],
    ['writes without end to its output', "() => { const line = 'x'.repeat(1e6); for (;;) console.log(line) }", TOO_LATE, short],
    [
      'writes without end to its error output',
      "() => { const line = 'x'.repeat(1e6); for (let i = 0; i < 500; i++) process.stderr.write(line + '\\n'); throw 1 }",
      'The transform of sample failed: it threw 1 (it wrote: x',
    ],
    [
      'writes rubbish to the channel',
      "async () => { const { writeSync } = await import('node:fs'); writeSync(3, '{\"type\":\\n'); for (;;); }",
      'The transform of sample wrote to the channel that is for Kiln.',
    ],
    [
      'writes rubbish without an end to the channel',
      "async () => { const { writeSync } = await import('node:fs'); const line = 'x'.repeat(1e6); for (;;) { try { writeSync(3, line) } catch {} } }",
      'The transform of sample returned more than 64 MiB; give files of tasks as { task, path } instead.',
    ],
    [
      'closes the channel',
      "async () => { const { closeSync } = await import('node:fs'); closeSync(3); setInterval(() => {}, 1000); await new Promise(() => {}) }",
      'The transform of sample ',
      short,
    ],
    [
      'leaves a process that holds its pipes',
      "async () => { const { spawn } = await import('node:child_process'); spawn('sleep', ['5'], { detached: true, stdio: 'inherit' }).unref(); process.exit(4) }",
      'The transform of sample ended with exit code 4 before it gave a result.',
    ],
    ['returns what is no data', '() => ({ note: 1n })', 'The transform of sample failed: Do not know how to serialize a BigInt.'],
    [
      'returns a Map',
      '() => ({ scores: new Map([[4, 1]]) })',
      'The transform of sample failed: it returned a Map or a Set; return a plain object or a list.',
    ],
    [
      'returns a circle',
      '() => { const a = {}; a.a = a; return { scores: a } }',
      'The transform of sample failed: Converting circular structure',
    ],
  ])('that %s only fails its call', async (_, body, message, more) => {
    const error = await failure(transformOf(body, more));
    expect(error).toMatchObject({ name: 'KnownError', code: 'CONNECTOR_CODE', retryable: false });
    expect(error.message.slice(0, message.length)).toBe(message);
    expect(error.message.length).toBeLessThan(1600);
  });

  it('that computes for ever does so in sweep and converged neither', async () => {
    const limits = { ...LIMITS, decision: 1500 };
    // The function is endless only apart from the process that checks submissions.
    const { sweep, converged } = await code(
      'sweep: (_, iteration) => { for (; iteration > 0;); return {}; }, converged: () => { for (;;); }',
      { limits },
    );
    expect((await failure(sweep({}, 1, null))).message).toBe('The sweep of sample did not finish within 1.5 seconds.');
    expect((await failure(converged({ parameters: {}, iterations: [] }))).message).toBe(
      'The converged of sample did not finish within 1.5 seconds.',
    );
  });

  it('that asks without end is answered within bounds until its time is over', async () => {
    let [now, most] = [0, 0];
    const read = async (path: string) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return path;
    };
    const { transform } = await code('async transform({ tasks: [task] }) { for (;;) { task.text("a"); await null; } }', short);
    const { message } = await failure(transform(outputs([task(4, read)])));
    expect(message.startsWith(TOO_LATE) || message.includes('memory')).toBe(true);
    expect(most).toBeLessThanOrEqual(8);
  });

  const apart = await namespacePrefix();

  it.skipIf(apart.length === 0)('that signals whoever started it harms nobody', async () => {
    const body =
      "() => { for (const other of [process.ppid, -process.ppid]) try { process.kill(other, 'SIGKILL') } catch {} throw new Error('still here') }";
    expect((await failure(transformOf(body))).message).toBe('The transform of sample failed: still here.');
  });

  it.skipIf(apart.length === 0)('that leaves processes in sessions of their own does not leave them for long', async () => {
    const mark = `left ${randomUUID()}`;
    const { transform } = await code(`async transform() {
      const { spawn } = await import('node:child_process');
      const left = spawn('sh', ['-c', 'setsid sh -c "sleep 600; :" "$0" & echo begun; sleep 600', ${JSON.stringify(mark)}], { detached: true });
      await new Promise((resolve) => left.stdout.once('data', resolve));
      left.unref();
      process.exitCode = 0;
      return {};
    }`);
    expect(await transform(outputs())).toEqual({});
    await vi.waitFor(async () => expect(await processesNamed(mark)).toEqual([]), 20_000);
  });

  it('that is killed when the work is called off leaves no process', async () => {
    const [mark, begun] = [`left ${randomUUID()}`, join(await temporary(), 'begun')];
    const calledOff = new AbortController();
    const { transform } = await code(
      `async transform() {
        const { spawn } = await import('node:child_process');
        const { writeFileSync } = await import('node:fs');
        process.title = ${JSON.stringify(mark)};
        spawn('sh', ['-c', 'sleep 600; :', ${JSON.stringify(mark)}]).once('spawn', () => writeFileSync(${JSON.stringify(begun)}, ''));
        await new Promise((resolve) => setTimeout(resolve, 100));
        for (;;);
      }`,
      { signal: calledOff.signal },
    );
    const call = failure(transform(outputs()));
    await vi.waitFor(() => access(begun), { timeout: 20_000 });
    await vi.waitFor(async () => expect(await processesNamed(mark)).toHaveLength(2), 20_000);
    const reason = new Error('Kiln is stopping.');
    calledOff.abort(reason);
    expect(await call).toBe(reason);
    await vi.waitFor(async () => expect(await processesNamed(mark)).toEqual([]), 20_000);
    expect(await failure(transform(outputs()))).toBe(reason);
  });
});
