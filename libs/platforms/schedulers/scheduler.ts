import type { Resources, SchedulerFacts, SchedulerKind, TaskFailureCode } from '@kiln/domain';

/**
 * How one batch scheduler is spoken to: argument lists out, text in. Nothing here touches the world.
 * A word that is new comes out as `unknown`, never as an exception.
 */
export interface Scheduler {
  readonly kind: SchedulerKind;
  /** Lines for the head of the script (`#SBATCH …`), and the command that submits the script at `request.script`. */
  submit(request: ArrayRequest): { readonly directives: readonly string[]; readonly argv: readonly string[] };
  /** The job's id in what the submit command printed; null if there is none. */
  submitted(stdout: string): string | null;
  /** All jobs of the login that the scheduler still knows, for every job of Kiln at once. */
  readonly status: readonly string[];
  parseStatus(stdout: string): readonly QueueEntry[];
  /** Commands that may tell how elements of a job ended; the first that knows of it counts. */
  history(job: string): readonly (readonly string[])[];
  /** From the output of one of the commands of `history`; empty if it does not know. */
  parseHistory(stdout: string): readonly EndedElement[];
  cancel(jobs: readonly string[]): readonly string[];
  /** What the scheduler says of itself; `parseFacts` gets the standard output of each by its name, null for a command that failed. */
  readonly probes: Readonly<Record<string, readonly string[]>>;
  parseFacts(outputs: Readonly<Record<string, string | null>>): SchedulerFacts;
}

/** Elements 1 to `count` of one script; with `count` 1 it is an ordinary job. */
export interface ArrayRequest {
  /** At most 15 characters, letters, digits and hyphens, beginning with a letter; no other job of Kiln has it. */
  readonly name: string;
  /** Absolute paths. */
  readonly script: string;
  readonly directory: string;
  /** Directory for what the scheduler itself writes of the elements' output. */
  readonly output: string;
  readonly count: number;
  /** Most elements at once; null leaves it to the site. */
  readonly atOnce: number | null;
  readonly resources: Resources;
}

export type QueueState = 'waiting' | 'held' | 'starting' | 'running' | 'suspended' | 'requeued' | 'ending' | 'ended' | 'error' | 'unknown';

export interface QueueEntry {
  /** As `submitted` gave it. */
  readonly job: string;
  /** As submitted, if the scheduler shows it. */
  readonly name: string | null;
  /** Indices of the elements; null is the whole job. */
  readonly elements: readonly Range[] | null;
  readonly state: QueueState;
  /** The scheduler's own word. */
  readonly word: string;
  /** Why it waits, in the scheduler's own words. */
  readonly reason: string | null;
  /** Expected start, ISO 8601 or as the scheduler writes it. */
  readonly startsAt: string | null;
  /** It can never run as it is: why, for people. */
  readonly hopeless: string | null;
}

/** `[first, last]` */
export type Range = readonly [number, number];

export interface EndedElement {
  /** Null for a job without elements. */
  readonly element: number | null;
  /** `EXIT` if the script ended by itself. */
  readonly code: TaskFailureCode;
  readonly exitCode: number | null;
  /** The scheduler's own word. */
  readonly word: string;
}
