import {
  CURATION_SCHEMAS,
  type Curation,
  curationOf,
  type IterationRecord,
  type Job,
  type JobState,
  jobDirectory,
  KnownError,
  type NewDataset,
  type StageResults,
  type World,
} from '@kiln/domain';
import { inputDatasets, outputDataset } from './curated-datasets.ts';
import { describeJob, experimentGraphs, metadataOf } from './curated-metadata.ts';

/** Tasks whose outputs one step publishes at most, and the milliseconds after which it begins no other. */
const AT_ONCE = 50;
const LONG_ENOUGH = 3000;

/** The job's experiment, if its results are to be published and it has none yet. Iterations of the job that it branches from are that one's. */
export async function openExperiment(
  { job, platform }: JobState,
  { curator }: World,
): Promise<Pick<StageResults['configure'], 'curation' | 'note'>> {
  const wanted = curationOf(job.parameters);
  if (!curator || !wanted || job.curation) return {};
  const title = wanted.title || titleOf(job);
  const { id, url, unknown } = await curator.experiment({ id: wanted.experiment, title, parameterSets: describeJob(job, platform) });
  const iteration = job.branchOf ? job.branchOf.iteration + 1 : 0;
  const nothing = { datasets: 0, files: 0, bytes: 0, leftOut: 0, inputs: true, task: 0 };
  return { curation: { experiment: id, url, unknown, iteration, ...nothing }, ...noteOf([], unknown) };
}

/** Chiminey's: the last two parts of the path of the job's directory. */
function titleOf(job: Job): string {
  const above = String(job.parameters['output_path'] ?? '').split('/');
  return [...above, jobDirectory(job)]
    .filter((part) => part !== '')
    .slice(-2)
    .join('/');
}

export function isCurated({ iteration }: Pick<Job, 'iteration'>, curation: Curation): boolean {
  return curation.iteration > iteration;
}

/** Publishes what comes next: the inputs of an iteration, or the outputs of some of its tasks. */
export async function curateSome(state: JobState, world: World): Promise<{ curation: Curation; note?: string }> {
  const { job } = state;
  if (!job.curation || isCurated(job, job.curation)) {
    const opened = job.curation ?? (await openExperiment(state, world)).curation;
    if (!opened) throw new Error('The results of this job are to be published, and it has no experiment.');
    return { curation: opened };
  }
  const history = await world.history();
  return job.curation.inputs ? curateInputs(state, world, job.curation, history) : curateTasks(state, world, job.curation, history);
}

async function curateInputs(state: JobState, world: World, before: Curation, history: readonly IterationRecord[]) {
  const sending = sendingTo(world, before);
  const datasets = inputDatasets(state, world, before.iteration, history);
  const wanted = datasets.slice(before.task).map((make, i) => ({ mark: before.task + i + 1, make }));
  const { mark, all } = await sendSome(world, sending, before.task, wanted);
  return all ? sending.done({ inputs: false, task: 0 }) : sending.done({ task: mark });
}

async function curateTasks(state: JobState, world: World, before: Curation, history: readonly IterationRecord[]) {
  const { job } = state;
  const { iteration } = before;
  const sending = sendingTo(world, before);
  const found = await world.tasks({ iteration, states: ['succeeded'], after: before.task, limit: AT_ONCE + 1 });
  const tasks = found.slice(0, AT_ONCE);
  const isLastPart = found.length <= AT_ONCE;
  const metadata = await metadataOf(state, world, { iteration, tasks, history, last: isLastPart && iteration === job.iteration });
  const wanted = tasks.map((task) => ({
    mark: task.number,
    make: metadata.tasks[task.number]?.skip ? null : () => outputDataset(state, world, task, history, metadata),
  }));
  const { mark, all } = await sendSome(world, sending, before.task, wanted);
  if (!all || !isLastPart) return sending.done({ task: mark }, metadata.note);
  if (iteration === job.iteration) await sending.describe(experimentGraphs(job, history, metadata));
  return sending.done({ iteration: iteration + 1, inputs: true, task: 0 }, metadata.note);
}

interface Wanted {
  /** Where the cursor stands when it is sent. */
  readonly mark: number;
  /** Null: it is passed over. */
  readonly make: (() => Promise<NewDataset>) | null;
}

/** What was sent before trouble came counts: the next step begins after it, and meets the trouble if it is still there. */
async function sendSome(world: World, { send }: Pick<Sending, 'send'>, from: number, wanted: readonly Wanted[]) {
  const since = world.now();
  let mark = from;
  for (const one of wanted) {
    if (mark !== from && world.now() - since > LONG_ENOUGH) return { mark, all: false };
    try {
      if (one.make) await send(await one.make());
    } catch (error) {
      if (mark === from || !(error instanceof KnownError) || !error.retryable) throw error;
      return { mark, all: false };
    }
    mark = one.mark;
  }
  return { mark, all: true };
}

type Sending = ReturnType<typeof sendingTo>;

/** Sends datasets and counts what is there afterwards. */
function sendingTo({ curator, confirm }: World, before: Curation) {
  if (!curator) throw new Error('The results of this job are published nowhere.');
  const { datasets, files, bytes, leftOut } = before;
  const count = { datasets, files, bytes, leftOut };
  const said: string[] = [];
  const unknown = new Set(before.unknown);
  return {
    async send(dataset: NewDataset): Promise<void> {
      await confirm();
      const sent = await curator.dataset(before.experiment, dataset);
      count.datasets += 1;
      count.files += sent.files;
      count.bytes += sent.bytes;
      count.leftOut += sent.leftOut.length;
      said.push(...sent.leftOut);
      for (const schema of sent.unknown) unknown.add(schema);
    },
    async describe(sets: Parameters<typeof curator.describe>[1]): Promise<void> {
      for (const schema of await curator.describe(before.experiment, sets)) unknown.add(schema);
    },
    done(next: Partial<Pick<Curation, 'iteration' | 'inputs' | 'task'>>, note?: string) {
      const fresh = [...unknown].filter((schema) => !before.unknown.includes(schema));
      return { curation: { ...before, ...count, unknown: [...unknown], ...next }, ...noteOf(said, fresh, note) };
    },
  };
}

/** Files that one note names. */
const NAMED = 10;

function noteOf(leftOut: readonly string[], unknown: readonly string[], note?: string): { note?: string } {
  const more = leftOut.length > NAMED ? [`and ${leftOut.length - NAMED} more.`] : [];
  const sentences = [
    ...(note ? [note] : []),
    ...(leftOut.length > 0 ? ['Not published:', ...leftOut.slice(0, NAMED), ...more] : []),
    ...unknown.map((schema) => `MyTardis knows no schema ${schema}, so its parameters were left out${kilns(schema)}.`),
  ];
  return sentences.length > 0 ? { note: sentences.join(' ') } : {};
}

function kilns(schema: string): string {
  return Object.values<string>(CURATION_SCHEMAS).includes(schema) ? '; who looks after it can add it (docs/curation.md)' : '';
}
