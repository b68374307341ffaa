import { TASK_STATES, type TaskState } from '@kiln/domain';

export const TABS = ['tasks', 'failures', 'iterations', 'numbers', 'results', 'outputs', 'events', 'nodes', 'parameters'] as const;
export type Tab = (typeof TABS)[number];

/** What of a job is looked at; it stands in the address. */
export interface JobPageSearch {
  readonly tab?: Tab;
  /** The selected task. */
  readonly task?: number;
  readonly state?: readonly TaskState[];
  /** Without it, the current one. */
  readonly iteration?: number;
  /** The declared output whose files are shown. */
  readonly output?: string;
  /** Directory of the outputs, and the file that is previewed. */
  readonly path?: string;
  readonly file?: string;
}

export function jobPageSearch(search: Record<string, unknown>): JobPageSearch {
  const tab = TABS.find((one) => one === search['tab']);
  const given = search['state'];
  const state = TASK_STATES.filter((one) => (Array.isArray(given) ? given.includes(one) : given === one));
  const task = Number(search['task']);
  const iteration = search['iteration'] === undefined ? Number.NaN : Number(search['iteration']);
  return {
    ...(tab && tab !== 'tasks' && { tab }),
    ...(Number.isSafeInteger(task) && task > 0 && { task }),
    ...(state.length > 0 && { state }),
    ...(Number.isSafeInteger(iteration) && iteration >= 0 && { iteration }),
    ...text(search, 'output'),
    ...text(search, 'path'),
    ...text(search, 'file'),
  };
}

function text(search: Record<string, unknown>, name: 'output' | 'path' | 'file'): { output?: string; path?: string; file?: string } {
  const value = search[name];
  return (typeof value === 'string' || typeof value === 'number') && value !== '' ? { [name]: String(value) } : {};
}
