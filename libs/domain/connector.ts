import { CURATION_PARAMETERS, type MetadataFunction } from './curator.ts';
import type { StageOverrides } from './handler.ts';
import type { InputMode } from './input.ts';
import type { ConvergedFunction, SweepFunction, TransformFunction } from './iteration.ts';
import type { DeclaredOutput, OutputRow } from './output.ts';
import type { ComputingKind } from './platform.ts';
import { LIMIT_PARAMETERS, RETRY_PARAMETERS } from './reliability.ts';
import { RESOURCE_PARAMETERS } from './resources.ts';
import type { Sweep, Value } from './sweep.ts';

export const SECTIONS = ['compute', 'locations', 'curation', 'reliability', 'sweep', 'domain'] as const;
/** Where a parameter stands on the form. */
export type Section = (typeof SECTIONS)[number];

/** One field of a connector's form. Its name is also the name of the environment variable that a task sees. */
export interface Parameter {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean';
  readonly title?: string;
  readonly help?: string;
  readonly default?: Value;
  readonly section?: Section;
  readonly minimum?: number;
  readonly maximum?: number;
  /** A regular expression that the whole text must match. */
  readonly pattern?: string;
  readonly choices?: readonly { readonly value: Value; readonly title: string }[];
  /** Shown only while another parameter has this value. */
  readonly onlyWhen?: { readonly parameter: string; readonly equals: Value };
}

/** What the payload's folder holds. */
export interface PayloadFacts {
  readonly bootstrap: boolean;
  readonly schedule: boolean;
  /** `process_payload` holds files besides `main.sh` that a task may want to read or change. */
  readonly copied: boolean;
  /** `initial` holds files that tasks find in their input directories. */
  readonly initial: boolean;
  /** The names for which its templates want values. */
  readonly placeholders: readonly Placeholder[];
}

/** A `{{name}}` in a template of a payload. */
export interface Placeholder {
  /** Path in the folder that its author wrote. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly name: string;
}

/** A kind of computation that may be submitted. */
export interface Connector {
  /** Lower-case letters, digits and hyphens; the name of its folder. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly runsOn: readonly ComputingKind[];
  /** Its own parameters, in the order of the form. */
  readonly parameters: readonly Parameter[];
  /** Its own defaults for parameters that every connector has, such as `nodes`. */
  readonly defaults: Readonly<Record<string, Value>>;
  /** Parameter → values; `{}` is one task. A function may choose them for each iteration. */
  readonly sweep: Sweep | SweepFunction;
  /** Its form has the fields of `RETRY_PARAMETERS`. */
  readonly reliability: boolean;
  /** Its jobs name an input location; null if they have none. */
  readonly input: InputMode | null;
  /** Makes the inputs of the next iteration of what the tasks of this one left; only a connector in code has it. */
  readonly transform?: TransformFunction;
  /** Decides after each iteration whether it was the last. */
  readonly converged?: ConvergedFunction;
  /** Says more of what is published than Kiln says by itself. */
  readonly metadata?: MetadataFunction;
  /** Numbers that each task leaves in files. */
  readonly outputs: readonly DeclaredOutput[];
  readonly stages: StageOverrides;
  readonly payload: PayloadFacts;
}

/** A connector as its author writes it in `connector.yaml` or `connector.ts`. */
export interface ConnectorDefinition {
  readonly title?: string;
  readonly description: string;
  readonly runsOn: ComputingKind | readonly ComputingKind[];
  readonly parameters?: Readonly<Record<string, Omit<Parameter, 'name'>>>;
  readonly defaults?: Readonly<Record<string, Value>>;
  readonly sweep?: Connector['sweep'];
  /** `true` puts the fields of retries on the form. */
  readonly reliability?: boolean;
  /** Its jobs must (`required`) or may (`optional`) name an input location, whose files their tasks get. */
  readonly input?: InputMode;
  readonly transform?: TransformFunction;
  readonly converged?: ConvergedFunction;
  readonly metadata?: MetadataFunction;
  /** One command line that is the task, instead of a payload. It sees `"$1"`, the input directory, and `"$2"`, the output directory. */
  readonly command?: string;
  /** Numbers that Kiln reads from what each task leaves: in JSON by `json`, in a table by `column`, in text by `match`. */
  readonly outputs?: Readonly<Record<string, OutputDefinition>>;
  readonly stages?: StageOverrides;
}

export interface OutputDefinition {
  readonly title?: string;
  readonly unit?: string;
  readonly file: string;
  readonly json?: string;
  readonly column?: string | number;
  /** Of the table's rows; `last` unless given. */
  readonly row?: OutputRow;
  readonly match?: string;
}

/** Gives a `connector.ts` its types: `export default defineConnector({ … })`. */
export function defineConnector(definition: ConnectorDefinition): ConnectorDefinition {
  return definition;
}

/** Where the input location is. */
export const INPUT_PARAMETERS = ['input_storage', 'input_path'] as const;

/** Parameters that every connector has; a connector cannot use these names for its own. */
export const SYSTEM_PARAMETERS = [
  'platform',
  'nodes',
  'minimum_nodes',
  ...RESOURCE_PARAMETERS,
  ...RETRY_PARAMETERS,
  ...LIMIT_PARAMETERS,
  'maximum_iterations',
  ...INPUT_PARAMETERS,
  'output_storage',
  'output_path',
  ...CURATION_PARAMETERS,
  'sweep',
] as const;
export type SystemParameter = (typeof SYSTEM_PARAMETERS)[number];

/** Whether its jobs may have more than one iteration. */
export function iterates({ transform, converged }: Pick<Connector, 'transform' | 'converged'>): boolean {
  return transform !== undefined || converged !== undefined;
}
