import type { Step } from '@kiln/domain';

/** A step whose sentences Postgres takes: they may quote programs, and those write anything. */
export function storable(step: Step): Step {
  const { changes, blocked } = step;
  const { ending, nodes, note, progress, record, tasks } = changes;
  return {
    ...step,
    blocked: blocked && { ...blocked, message: clean(blocked.message) },
    changes: {
      ...changes,
      ...(ending && { ending: { ...ending, message: clean(ending.message) } }),
      ...(note && { note: clean(note) }),
      ...(progress && { progress: cleanValue(progress) }),
      ...(record && { record: cleanValue(record) }),
      ...(nodes && { nodes: nodes.map((node) => ({ ...node, note: node.note && clean(node.note) })) }),
      ...(tasks && {
        tasks: tasks.map(({ failure, ...task }) =>
          failure ? { ...task, failure: { ...failure, message: clean(failure.message) } } : task,
        ),
      }),
    },
  };
}

/** Text without what neither `text` nor `jsonb` can hold: NUL characters and halves of surrogate pairs. */
export function clean(text: string): string {
  return Buffer.from(text.replaceAll('\0', '␀'), 'utf8').toString('utf8');
}

/** The same of every text in a plain value. */
export function cleanValue<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === 'string' ? clean(part) : part));
}
