import { type AssembledFile, KnownError, outputPath, type StageHandler, type Task, type Transformed, validateStage } from '@kiln/domain';
import { inputsOf } from '../inputs.ts';
import { readableOutputs } from '../readable-outputs.ts';

/** Has the connector make the inputs of the next iteration of what the tasks of this one left, in `input_N/NAME/`. */
export const transform: StageHandler<'transform'> = {
  validate: (submission) => validateStage('transform', submission),
  isTriggered: ({ job: { progress } }) => progress.finished && !progress.transformed,
  async process({ job, connector }, world) {
    if (!connector.transform) return {};
    const tasks = await world.tasks({ iteration: job.iteration, states: ['succeeded'] });
    const history = (await world.history()).filter(({ iteration }) => iteration < job.iteration);
    const { parameters, iteration } = job;
    const made = await world.code.transform({ parameters, iteration, history, tasks: readableOutputs(world.storage, tasks) });
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

function filesOf({ inputs = [] }: Transformed, tasks: readonly Task[]): readonly AssembledFile[] {
  return inputs.flatMap(({ files }, i) =>
    Object.entries(files).map(([path, file]): AssembledFile => {
      const to = `${i + 1}/${path}`;
      if (typeof file === 'string') return { to, text: file };
      const task = tasks.find(({ number }) => number === file.task);
      if (!task) throw new KnownError('CONNECTOR_CODE', `The transform function took ${path} of task ${file.task}, which did not succeed.`);
      return { to, from: `${outputPath(task)}/${file.path}` };
    }),
  );
}
