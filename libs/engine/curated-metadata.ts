import {
  type Connector,
  CURATION_SCHEMAS,
  type Graph,
  type IterationRecord,
  type Job,
  type JobState,
  KnownError,
  type Metadata,
  numbersOf,
  ownParameters,
  type ParameterSet,
  type Platform,
  setsOf,
  type Task,
  type Value,
  type World,
} from '@kiln/domain';
import { readableOutputs } from './readable-outputs.ts';

/** What the connector says of some tasks and of its experiment; the note says why it says nothing. */
export interface JobMetadata {
  readonly experiment: NonNullable<Metadata['experiment']>;
  readonly tasks: NonNullable<Metadata['tasks']>;
  readonly note?: string;
}

interface Wanted {
  readonly iteration: number;
  readonly tasks: readonly Task[];
  readonly history: readonly IterationRecord[];
  readonly last: boolean;
}

/** A connector whose own code fails here has its results published without it: they are whole. */
export async function metadataOf({ job, connector }: JobState, world: World, { tasks, history, ...when }: Wanted): Promise<JobMetadata> {
  if (!connector.metadata) return { experiment: {}, tasks: {} };
  const { parameters } = job;
  const outputs = readableOutputs(world.storage, tasks);
  try {
    const said = await world.code.metadata({ parameters, ...when, tasks: outputs, history });
    return { experiment: said.experiment ?? {}, tasks: said.tasks ?? {} };
  } catch (error) {
    if (!(error instanceof KnownError) || error.retryable) throw error;
    return { experiment: {}, tasks: {}, note: `Published without what the connector says: ${error.message}` };
  }
}

/** What every experiment is told of its job. */
export function describeJob(job: Job, { name }: Pick<Platform, 'name'>): readonly ParameterSet[] {
  const about = { job: job.id, connector: job.connector, version: job.version, platform: name };
  return [{ schema: CURATION_SCHEMAS.job, parameters: about }, ...setIfAny(CURATION_SCHEMAS.parameters, ownParameters(job))];
}

/** What every dataset of outputs is told of its task. */
export function describeTask({ outputs }: Connector, { number, iteration, input, values, numbers }: Task): readonly ParameterSet[] {
  const titled = Object.entries(numbers).map(([name, value]): [string, Value] => {
    const unit = numbersOf(outputs).find((output) => output.name === name)?.unit;
    return [unit ? `${name} (${unit})` : name, value];
  });
  return [
    { schema: CURATION_SCHEMAS.task, parameters: { task: number, iteration, ...(input !== null && { input }) } },
    ...setIfAny(CURATION_SCHEMAS.values, values),
    ...setIfAny(CURATION_SCHEMAS.numbers, Object.fromEntries(titled)),
  ];
}

/** What is told of an experiment at its end: the connector's words, and how the criterion went. */
export function experimentGraphs(job: Job, history: readonly IterationRecord[], { experiment }: JobMetadata): readonly ParameterSet[] {
  const { graphs = [] } = experiment;
  const all = [...graphs, ...criterionGraph(job, history)];
  return setsOf({ ...experiment, graphs: all }, CURATION_SCHEMAS.experimentGraph);
}

function criterionGraph({ connector }: Job, history: readonly IterationRecord[]): readonly Graph[] {
  const known = history.flatMap(({ iteration, criterion }) => (criterion === null ? [] : [{ iteration, criterion }]));
  if (known.length === 0) return [];
  const name = `${connector}exp`;
  const [iterations, criteria] = [`${name}/iteration`, `${name}/criterion`];
  return [
    {
      name,
      axes: ['iteration', 'criterion'],
      legends: ['criterion'],
      precision: [0, 4],
      values: { [iterations]: known.map(({ iteration }) => iteration), [criteria]: known.map(({ criterion }) => criterion) },
      lines: [[iterations, criteria]],
    },
  ];
}

function setIfAny(schema: string, parameters: Readonly<Record<string, Value>>): readonly ParameterSet[] {
  return Object.keys(parameters).length > 0 ? [{ schema, parameters }] : [];
}
