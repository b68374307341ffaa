import { type Answers, type ErrorCode, KnownError, type Parameters, type Problem } from '@kiln/domain';
import type { Context } from '../context.ts';

/** Milliseconds. */
const LONGEST = 2000;
/** Without a worker that can answer nobody can look: the job is accepted and finds out by itself. */
const NOBODY_LOOKED: readonly ErrorCode[] = ['NO_WORKER', 'DATABASE_AWAY'];

/** Whether results can be written. */
export async function askOutput({ asker }: Context, problems: readonly Problem[], parameters: Parameters): Promise<Problem[]> {
  const { output_storage: storage, output_path: path } = parameters;
  if (typeof storage !== 'string' || typeof path !== 'string' || isWrong('output_', problems)) return [];
  const found = await answered(
    () => asker.ask<'check-output'>({ kind: 'check-output', storage, path }, { timeout: LONGEST }),
    'output_path',
  );
  return found.problems;
}

export interface InputFound {
  readonly problems: readonly Problem[];
  /** Null if there is no input location, or nobody could look. */
  readonly sets: Answers['check-input'] | null;
}

/** Whether the input can be read, and which input sets it holds. */
export async function askInput({ asker, caller }: Context, problems: readonly Problem[], parameters: Parameters): Promise<InputFound> {
  const { input_storage: storage, input_path: path } = parameters;
  if (typeof storage !== 'string' || typeof path !== 'string' || isWrong('input_', problems)) return { problems: [], sets: null };
  const question = { kind: 'check-input', storage, path, ownerId: caller.user.id } as const;
  const { answer, problems: found } = await answered(() => asker.ask<'check-input'>(question, { timeout: LONGEST }), 'input_path');
  return { problems: found, sets: answer?.answer ?? null };
}

function isWrong(prefix: string, problems: readonly Problem[]): boolean {
  return problems.some(({ path }) => path[0]?.startsWith(prefix));
}

async function answered<T>(ask: () => Promise<T>, about: string): Promise<{ readonly answer: T | null; readonly problems: Problem[] }> {
  try {
    return { answer: await ask(), problems: [] };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    const { code, message } = error;
    return { answer: null, problems: NOBODY_LOOKED.includes(code) ? [] : [{ path: [about], code, message }] };
  }
}
