import type { Child } from '../documents.ts';

/** A child of a sweep as the API gives it. */
export function sampleChild(id: number, more: Partial<Child>): Child {
  const times = { createdAt: '2026-01-01T00:00:00Z', startedAt: '2026-01-01T00:00:00Z', endedAt: null };
  return {
    id: String(id),
    directory: `a${id}`,
    status: 'active',
    stage: 'wait',
    point: {},
    lastSeq: id,
    ending: null,
    blocked: null,
    ...times,
    ...more,
  };
}
