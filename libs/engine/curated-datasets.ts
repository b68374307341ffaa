import {
  CURATION_SCHEMAS,
  type CuratedFile,
  type InputSet,
  type IterationRecord,
  type Job,
  type JobState,
  type NewDataset,
  outputPath,
  ownParameters,
  type Storage,
  setsOf,
  type Task,
  type World,
} from '@kiln/domain';
import { describeTask, type JobMetadata } from './curated-metadata.ts';

/** What an iteration began with: the parameters of the job and its input location, or the input sets that the one before made. */
export function inputDatasets(
  { job }: JobState,
  { storage, input }: World,
  iteration: number,
  history: readonly IterationRecord[],
): readonly (() => Promise<NewDataset>)[] {
  const given = async () => (input ? filesBelow(storage, 'input_0') : []);
  if (iteration === 0) return [async () => ({ name: 'initial_1', parameterSets: [], files: [parametersFile(job), ...(await given())] })];
  return setsBefore(history, iteration).map(({ name }) => async () => ({
    name: `${iteration}_${name}`,
    parameterSets: [],
    files: await filesBelow(storage, `input_${iteration}/${name}`),
  }));
}

/** Named as Chiminey does it: iteration or `final`, the task whose outputs its input was made of, its own number. */
export async function outputDataset(
  { job, connector }: JobState,
  { storage }: World,
  task: Task,
  history: readonly IterationRecord[],
  metadata: JobMetadata,
): Promise<NewDataset> {
  const from = setsBefore(history, task.iteration).find(({ name }) => name === task.input)?.from ?? 0;
  const when = task.iteration === job.iteration ? 'final' : String(task.iteration);
  return {
    name: `${when}_${from}_${task.number}`,
    parameterSets: [...describeTask(connector, task), ...setsOf(metadata.tasks[task.number] ?? {}, CURATION_SCHEMAS.datasetGraph)],
    files: await filesBelow(storage, outputPath(task)),
  };
}

function setsBefore(history: readonly IterationRecord[], iteration: number): readonly InputSet[] {
  return history.find((record) => record.iteration === iteration - 1)?.inputs ?? [];
}

/** What is read at once of a file, in bytes. */
const PIECE = 1024 * 1024;

async function filesBelow(storage: Storage, root: string): Promise<readonly CuratedFile[]> {
  const files: CuratedFile[] = [];
  const directories = [''];
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    const inside = directory;
    const entries = await storage.list(inside === '' ? root : `${root}/${inside}`);
    for (const { name, kind, size } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = inside === '' ? name : `${inside}/${name}`;
      if (kind === 'directory') directories.push(path);
      else files.push({ directory: inside, name, size, read: () => piecesOf(storage, `${root}/${path}`, size) });
    }
  }
  return files;
}

async function* piecesOf(storage: Storage, path: string, size: number): AsyncIterable<Uint8Array> {
  for (let offset = 0; offset < size; ) {
    const piece = await storage.read(path, offset, Math.min(PIECE, size - offset));
    if (piece.length === 0) return; // it became shorter, which whoever counts sees
    yield piece;
    offset += piece.length;
  }
}

function parametersFile(job: Job): CuratedFile {
  const { connector, version, sweep } = job;
  const text = JSON.stringify({ connector, version, parameters: ownParameters(job), sweep }, null, 2);
  const bytes = new TextEncoder().encode(`${text}\n`);
  async function* read(): AsyncIterable<Uint8Array> {
    yield bytes;
  }
  return { directory: '', name: 'parameters.json', size: bytes.length, read };
}
