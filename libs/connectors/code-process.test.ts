import { describe, expect, it } from 'vitest';
import { type CodeRun, runProcess } from './code-process.ts';
import { temporary } from './sample-folder.ts';

const run = async (more: Partial<CodeRun>) =>
  runProcess({
    call: { module: 'data:text/javascript,', name: 'converged', input: { parameters: {}, iterations: [] } },
    ...{ program: '', directory: await temporary(), environment: { PATH: '/usr/bin:/bin' }, time: 20_000, memory: 64 },
    signal: new AbortController().signal,
    serve: async () => ({ value: null }),
    ...more,
  });

describe('a process that does not come as far as the code', () => {
  it.each<[string, Partial<CodeRun>, string]>([
    ['there is nothing to start it in', { directory: '/nonexistent' }, 'ENOENT'],
    ['the system refuses', { environment: { PATH: 'x'.repeat(3e6) } }, 'E2BIG'],
    ['it ends before', { program: 'process.exit(5)' }, 'ended with exit code 5 before it gave a result'],
    ['it says why', { program: "throw new Error('no room')" }, 'no room'],
    ['it hangs before', { program: 'for (;;);', time: 500 }, 'did not finish within 0.5 seconds'],
  ])('is not the fault of the code: %s', async (_, more, why) => {
    const outcome = await run(more);
    expect(outcome).toEqual({ kind: 'unstarted', why: expect.stringContaining(why) });
  });
});
