import type { IterationOutputs } from './iteration.ts';
import type { Parameters } from './job.ts';
import type { Value } from './sweep.ts';

/** Where results are published, and as whom: a MyTardis and a user of it. */
export interface CuratorAddress {
  /** As in `https://mytardis.example.org`, without a slash at its end. */
  readonly url: string;
  readonly user: string;
  /** Mebibytes; larger files are left out. */
  readonly largestFile: number;
}

/** What opens a curator. */
export type CuratorKey = { readonly kind: 'curator-password' | 'api-key'; readonly secret: string };

/** Values under a schema that the curator knows. */
export interface ParameterSet {
  /** The namespace of the schema: a URL. */
  readonly schema: string;
  readonly parameters: Readonly<Record<string, Value>>;
}

/** Numbers that the curator draws. */
export interface Graph {
  readonly name: string;
  /** Titles of the axes. */
  readonly axes: readonly string[];
  /** One for each line. */
  readonly legends: readonly string[];
  /** Decimals of the numbers on each axis. */
  readonly precision?: readonly number[];
  /** `line` unless given. */
  readonly type?: string;
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** The names of the values that each line goes through, an entry for each axis. */
  readonly lines: readonly (readonly string[])[];
}

/** What is said of an experiment or of a dataset, beyond its name. */
export interface Described {
  readonly parameterSets?: readonly ParameterSet[];
  readonly graphs?: readonly Graph[];
}

/** What a connector's `metadata` gets: some tasks of an iteration that succeeded. */
export interface MetadataInput extends IterationOutputs {
  /** These are the last tasks of the last iteration: what is said of the experiment counts only now. */
  readonly last: boolean;
}

/** What a connector's `metadata` says, in addition to what Kiln says by itself. */
export interface Metadata {
  readonly experiment?: Described;
  /** By number of task; `skip` leaves a task's outputs out. */
  readonly tasks?: Readonly<Record<string, Described & { readonly skip?: boolean }>>;
}

export type MetadataFunction = (outputs: MetadataInput) => Metadata | Promise<Metadata>;

export interface WantedExperiment {
  /** One that is there, or null for a new one. */
  readonly id: number | null;
  readonly title: string;
  readonly parameterSets: readonly ParameterSet[];
}

/** A file to be published, below the directory `directory` of its dataset; blank is the dataset itself. */
export interface CuratedFile {
  readonly directory: string;
  readonly name: string;
  readonly size: number;
  read(): AsyncIterable<Uint8Array>;
}

export interface NewDataset {
  readonly name: string;
  readonly parameterSets: readonly ParameterSet[];
  readonly files: readonly CuratedFile[];
}

/** What of a dataset is there, and verified. */
export interface Curated {
  readonly files: number;
  readonly bytes: number;
  /** Files that are not, each as a sentence. */
  readonly leftOut: readonly string[];
  /** Schemas that the curator does not know: their parameter sets are not there. */
  readonly unknown: readonly string[];
}

/** A place where results of one job are published. Everything is looked for before it is made, and so may be asked for twice. */
export interface Curator {
  /** The experiment that was asked for, or the one that is marked as this job's, or a new one. @throws KnownError NOT_FOUND */
  experiment(wanted: WantedExperiment): Promise<{ readonly id: number; readonly url: string; readonly unknown: readonly string[] }>;
  /** Adds the parameter sets that the experiment does not have; resolves with the schemas that the curator does not know. */
  describe(experiment: number, sets: readonly ParameterSet[]): Promise<readonly string[]>;
  /** Makes the dataset, sends the files of it that are not there, and waits until the curator has verified them. */
  dataset(experiment: number, dataset: NewDataset): Promise<Curated>;
}

/** What of a job is published. */
export interface Curation {
  readonly experiment: number;
  /** The page of the experiment. */
  readonly url: string;
  readonly datasets: number;
  readonly files: number;
  readonly bytes: number;
  /** Files that were left out. */
  readonly leftOut: number;
  /** Schemas that the curator did not know. */
  readonly unknown: readonly string[];
  /** What comes next: the inputs of this iteration, or its tasks after this one. */
  readonly iteration: number;
  readonly inputs: boolean;
  readonly task: number;
}

export const CURATION_PARAMETERS = ['curator', 'curator_experiment', 'curator_title'] as const;

/** What a submission says of publishing; null if its results are not to be. `experiment`: one that is there. */
export function curationOf(
  parameters: Parameters,
): { readonly curator: string; readonly experiment: number | null; readonly title: string } | null {
  const curator = String(parameters['curator'] ?? '');
  if (curator === '') return null;
  return { curator, experiment: Number(parameters['curator_experiment'] ?? 0) || null, title: String(parameters['curator_title'] ?? '') };
}

/** Schemas of what Kiln says by itself. Those who look after a curator add them to it, or it does without. */
export const CURATION_SCHEMAS = {
  job: 'https://schemas.kiln.internal/job/1',
  parameters: 'https://schemas.kiln.internal/parameters/1',
  task: 'https://schemas.kiln.internal/task/1',
  values: 'https://schemas.kiln.internal/values/1',
  numbers: 'https://schemas.kiln.internal/numbers/1',
  /** Those of Chiminey, which the graph apps of MyTardis know. */
  experimentGraph: 'http://rmit.edu.au/schemas/expgraph',
  datasetGraph: 'http://rmit.edu.au/schemas/dsetgraph',
} as const;

/** Parameter sets and graphs as parameter sets alone. */
export function setsOf({ parameterSets = [], graphs = [] }: Described, graphSchema: string): readonly ParameterSet[] {
  return [...parameterSets, ...graphs.map((graph) => ({ schema: graphSchema, parameters: graphParameters(graph) }))];
}

function graphParameters({ name, axes, legends, precision, type = 'line', values, lines }: Graph): ParameterSet['parameters'] {
  return {
    graph_info: JSON.stringify({ axes, legends, type, ...(precision && { precision }) }),
    name,
    value_dict: JSON.stringify(values),
    value_keys: JSON.stringify(lines),
  };
}
