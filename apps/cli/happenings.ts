import type { Job, JobEvent, JobEventBatch, Node } from '@kiln/client/kiln';
import { many } from './screen/ago.ts';
import { type Piece, status, styled } from './screen/piece.ts';

/** Something to tell of a job. */
export interface Happening {
  /** ISO 8601. */
  readonly at: string;
  readonly pieces: readonly Piece[];
}

/** What events of a job come to, for people: a line for what matters, one line for tasks that fared alike. */
export class Happenings {
  /** Why tasks failed, as long as they may be tried again. */
  readonly #failed = new Map<string, string>();
  readonly #notes = new Map<string, string>();
  #iteration: number;

  constructor(job: Job) {
    this.#iteration = job.iteration;
  }

  take({ job, events }: Pick<JobEventBatch, 'job' | 'events'>): Happening[] {
    const told = events.flatMap((event) => {
      const pieces = this.#piecesOf(event);
      return pieces ? [{ at: event.at, pieces }] : [];
    });
    const at = events.at(-1)?.at ?? '';
    const began = job.iteration === this.#iteration ? [] : [{ at, pieces: [`iteration ${iterationOf(job)}`] }];
    this.#iteration = job.iteration;
    return [...told, ...this.#retries(events), ...began];
  }

  /** What has changed in what the nodes wait for; not each time that a number in it has. */
  waits(nodes: readonly Node[]): Happening[] {
    return nodes.flatMap((node): Happening[] => {
      const text = waitOf(node);
      const kind = text.replace(/\d+/g, '#');
      if (this.#notes.get(node.name) === kind) return [];
      this.#notes.set(node.name, kind);
      return text === '' ? [] : [{ at: '', pieces: [styled('strong', node.name), ': ', styled('warning', text)] }];
    });
  }

  #piecesOf({ kind, subject, to, message }: JobEvent): readonly Piece[] | null {
    if (kind === 'job' && subject === 'stage') return ['stage ', styled('busy', to ?? '')];
    if (kind === 'note' && subject === 'criterion') return ['criterion ', styled('strong', to ?? '')];
    if (kind === 'note' && message) return [message];
    if (kind === 'node' && to === 'lost') return [styled('strong', subject), ' is ', status('lost'), message ? `: ${message}` : '.'];
    return null;
  }

  #retries(events: readonly JobEvent[]): Happening[] {
    const again: string[] = [];
    const reasons = new Map<string, number>();
    let at = '';
    for (const event of events) {
      if (event.kind !== 'task') continue;
      if (event.to === 'failed') this.#failed.set(event.subject, event.message ?? '');
      if (event.from !== 'failed' || event.to !== 'waiting' || event.message === null) continue; // without a message somebody asked for it
      const reason = this.#failed.get(event.subject) ?? '';
      this.#failed.delete(event.subject);
      again.push(event.subject);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      at = event.at;
    }
    return again.length === 0 ? [] : [{ at, pieces: [...retried(again), ...because(reasons)] }];
  }
}

/** `3 of at most 20`. Iterations count from 0, as in the API and in the names of directories. */
export function iterationOf({ iteration, maximumIterations }: Job): string {
  return maximumIterations === null ? String(iteration) : `${iteration} (the last would be ${maximumIterations - 1})`;
}

function waitOf({ state, note, unreachableSince }: Node): string {
  if (state === 'lost' || state === 'destroyed') return '';
  if (unreachableSince !== null) return note ?? 'cannot be reached.';
  return note ?? '';
}

function retried(tasks: readonly string[]): Piece[] {
  const [first = ''] = tasks;
  return tasks.length === 1
    ? ['task ', styled('strong', first), ' failed and is tried again']
    : [`${many(tasks.length, 'task')} failed and are tried again`];
}

const MOST_REASONS = 3;

function because(reasons: ReadonlyMap<string, number>): Piece[] {
  const known = [...reasons].filter(([reason]) => reason !== '').sort(([, a], [, b]) => b - a);
  if (known.length === 0) return ['.'];
  if (reasons.size === 1) return [`: ${known[0]?.[0]}`];
  return [
    ': ',
    known
      .slice(0, MOST_REASONS)
      .map(([reason, count]) => `${count} × ${reason}`)
      .join(' '),
    known.length > MOST_REASONS ? ' …' : '',
  ];
}
