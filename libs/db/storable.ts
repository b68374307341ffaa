import type { SavedStep } from './save-step.ts';

/** A step whose sentences Postgres takes: they may quote programs, and those write anything. */
export function storable(step: SavedStep): SavedStep {
  const { changes, blocked } = step;
  const { ending, note, tasks } = changes;
  return {
    ...step,
    blocked: blocked && { ...blocked, message: clean(blocked.message) },
    changes: {
      ...changes,
      ...(ending && { ending: { ...ending, message: clean(ending.message) } }),
      ...(note && { note: clean(note) }),
      ...(tasks && {
        tasks: tasks.map(({ failure, ...task }) =>
          failure ? { ...task, failure: { ...failure, message: clean(failure.message) } } : task,
        ),
      }),
    },
  };
}

/** Text without what neither `text` nor `jsonb` can hold: NUL characters and halves of surrogate pairs. */
function clean(text: string): string {
  return Buffer.from(text.replaceAll('\0', '␀'), 'utf8').toString('utf8');
}

/** Whether Postgres refused a value: trying the same again cannot help. SQLSTATE classes 22 and 23, in the cause that drizzle wraps. */
export function isRefusedValue(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && /^2[23]/.test(cause.code);
}
