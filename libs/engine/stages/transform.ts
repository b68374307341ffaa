import {
  type AssembledFile,
  type IterationOutputs,
  KnownError,
  type StageHandler,
  type Task,
  type Transformed,
  validateStage,
  type World,
} from '@kiln/domain';
import { outputOf } from '../bring-home.ts';
import { inputsOf } from '../inputs.ts';

/** The most of a file that a connector's `transform` may read. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Has the connector make the inputs of the next iteration of what the tasks of this one left, in `input_N/NAME/`. */
export const transform: StageHandler<'transform'> = {
  validate: (submission) => validateStage('transform', submission),
  isTriggered: ({ job: { progress } }) => progress.finished && !progress.transformed,
  async process({ job, connector }, world) {
    if (!connector.transform) return {};
    const tasks = await world.tasks({ iteration: job.iteration, states: ['succeeded'] });
    const history = (await world.history()).filter(({ iteration }) => iteration < job.iteration);
    const made = await world.code.transform(outputsOf(job, world, tasks, history));
    const sets = (made.inputs ?? []).map(({ from = null, values = {} }, i) => ({ name: String(i + 1), from, values }));
    if (sets.length > 0) await world.storage.assemble(inputsOf(job.iteration + 1), filesOf(made, tasks));
    return {
      record: { scores: made.scores ?? {}, kept: made.keep ?? [], inputs: sets },
      ...(made.note ? { note: made.note } : {}),
    };
  },
  output: (_state, { note, record }) => ({
    progress: { transformed: true },
    ...(record ? { record: { ...record, ending: null, ...(note ? { note } : {}) } } : {}),
    ...(note ? { note } : {}),
    again: 0,
  }),
};

function outputsOf(
  { parameters, iteration }: Pick<IterationOutputs, 'parameters' | 'iteration'>,
  { storage }: World,
  tasks: readonly Task[],
  history: IterationOutputs['history'],
): IterationOutputs {
  async function bytes(path: string): Promise<Uint8Array> {
    const { size } = await storage.stat(path);
    if (size > MOST_BYTES) throw new KnownError('BAD_INPUT', `${path} has more than 64 MiB; read a smaller file.`);
    return storage.read(path, 0, size);
  }
  return {
    parameters,
    iteration,
    history,
    tasks: tasks.map((task) => ({
      number: task.number,
      values: task.values,
      list: (path = '') => storage.list(`${outputOf(task)}/${path}`),
      bytes: (path) => bytes(`${outputOf(task)}/${path}`),
      text: async (path) => new TextDecoder().decode(await bytes(`${outputOf(task)}/${path}`)),
    })),
  };
}

function filesOf({ inputs = [] }: Transformed, tasks: readonly Task[]): readonly AssembledFile[] {
  return inputs.flatMap(({ files }, i) =>
    Object.entries(files).map(([path, file]): AssembledFile => {
      const to = `${i + 1}/${path}`;
      if (typeof file === 'string') return { to, text: file };
      const task = tasks.find(({ number }) => number === file.task);
      if (!task) throw new KnownError('CONNECTOR_CODE', `The transform function took ${path} of task ${file.task}, which did not succeed.`);
      return { to, from: `${outputOf(task)}/${file.path}` };
    }),
  );
}
