import type { Metadata, MetadataInput } from './curator.ts';
import type { Parameters } from './job.ts';
import type { FileEntry } from './storage.ts';
import type { Point, Sweep } from './sweep.ts';

/** Input files that the tasks of the next iteration get; each set multiplies the sweep. They lie in `input_N/NAME/`. */
export interface InputSet {
  readonly name: string;
  /** The task whose outputs it was made of. */
  readonly from: number | null;
  /** Values that its tasks get besides those of the sweep. */
  readonly values: Point;
}

export const ITERATION_ENDINGS = ['converged', 'maximum', 'stopped'] as const;
/** Why there was no further iteration: the connector said so, the maximum was reached, or somebody asked for it. */
export type IterationEnding = (typeof ITERATION_ENDINGS)[number];

/** What an iteration came to. */
export interface IterationRecord {
  /** Counts from 0. */
  readonly iteration: number;
  /** The convergence criterion; null if the connector computes none. */
  readonly criterion: number | null;
  /** Score by number of task. */
  readonly scores: Readonly<Record<string, number>>;
  /** Numbers of the tasks whose results were kept, the best first. */
  readonly kept: readonly number[];
  /** What the next iteration begins with. */
  readonly inputs: readonly InputSet[];
  readonly ending: IterationEnding | null;
  /** One sentence. */
  readonly note: string | null;
}

/** The outputs of a task that succeeded, for a connector's `transform`; paths are relative to the task's output directory. */
export interface TaskOutput {
  readonly number: number;
  readonly values: Point;
  list(path?: string): Promise<readonly FileEntry[]>;
  /** @throws if there is no such file or it has more than 64 MiB */
  text(path: string): Promise<string>;
  bytes(path: string): Promise<Uint8Array>;
}

/** What a connector's `transform` gets. */
export interface IterationOutputs {
  readonly parameters: Parameters;
  readonly iteration: number;
  /** In the order of their numbers. */
  readonly tasks: readonly TaskOutput[];
  /** What the iterations before came to, the first one first. */
  readonly history: readonly IterationRecord[];
}

/** A file of an input set: its text, or a file that a task of this iteration left. */
export type InputFile = string | { readonly task: number; readonly path: string };

/** What a connector's `transform` makes of an iteration's outputs. */
export interface Transformed {
  /** Score by number of task, for people and for `converged`. */
  readonly scores?: Readonly<Record<string, number>>;
  /** Numbers of the tasks whose results are kept, the best first. */
  readonly keep?: readonly number[];
  /** One set of input files for each entry; without entries the next iteration gets none. */
  readonly inputs?: readonly {
    readonly from?: number;
    readonly values?: Point;
    readonly files: Readonly<Record<string, InputFile>>;
  }[];
  readonly note?: string;
}

/** What a connector's `converged` gets: all iterations, the one that has just ended last. */
export interface History {
  readonly parameters: Parameters;
  readonly iterations: readonly IterationRecord[];
}

/** What a connector's `converged` says. */
export interface Verdict {
  readonly done: boolean;
  readonly criterion?: number;
  readonly note?: string;
}

/** Chooses the points of an iteration; `previous` is what the one before came to, null for the first. */
export type SweepFunction = (parameters: Parameters, iteration: number, previous: IterationRecord | null) => Sweep;
export type TransformFunction = (outputs: IterationOutputs) => Transformed | Promise<Transformed>;
export type ConvergedFunction = (history: History) => Verdict | Promise<Verdict>;

/** A connector's own code, run apart from the worker, with limits of time and memory. @throws KnownError CONNECTOR_CODE */
export interface ConnectorCode {
  sweep(parameters: Parameters, iteration: number, previous: IterationRecord | null): Promise<Sweep>;
  transform(outputs: IterationOutputs): Promise<Transformed>;
  converged(history: History): Promise<Verdict>;
  metadata(outputs: MetadataInput): Promise<Metadata>;
}
