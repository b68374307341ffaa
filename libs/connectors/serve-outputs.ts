import { KnownError, type TaskOutput } from '@kiln/domain';
import type { CodeReply, CodeRequest } from './code-messages.ts';
import type { CodeOutcome } from './code-process.ts';
import { relativeProblem } from './code-results.ts';

/** What the code in a process may ask for. */
export interface Outputs {
  serve(request: CodeRequest): Promise<CodeReply>;
  /** Why the code failed, if that was not its fault but trouble in reading for it. */
  troubleOf(outcome: CodeOutcome): unknown;
}

export const NO_OUTPUTS: Outputs = {
  serve: async () => ({ error: 'there are no outputs to read here', trouble: false }),
  troubleOf: () => undefined,
};

const MOST_BYTES = 64 * 1024 * 1024;

/** The outputs of an iteration's tasks. */
export function outputsOf(tasks: readonly TaskOutput[]): Outputs {
  const byNumber = new Map(tasks.map((task) => [task.number, task]));
  let trouble: unknown;

  async function valueFor({ task: number, method, path }: CodeRequest): Promise<unknown> {
    const task = byNumber.get(number);
    const wrong = path === '' && method === 'list' ? null : relativeProblem(path);
    if (!task || wrong) throw new KnownError('BAD_INPUT', `the path '${path.slice(0, 200)}' of an output ${wrong ?? 'has no task'}`);
    if (method === 'list') return task.list(path);
    const content = method === 'text' ? await task.text(path) : await task.bytes(path);
    if (Buffer.byteLength(content) <= MOST_BYTES) return content;
    throw new KnownError('BAD_INPUT', `${path} of task ${number} has more than 64 MiB; let the tasks make it smaller`);
  }

  return {
    async serve(request) {
      try {
        return { value: await valueFor(request) };
      } catch (error) {
        const expected = error instanceof KnownError && !error.retryable;
        if (!expected) trouble = error;
        return { error: error instanceof Error ? error.message : String(error), trouble: !expected };
      }
    },
    troubleOf: (outcome) => (outcome.kind === 'threw' && outcome.trouble ? trouble : undefined),
  };
}
