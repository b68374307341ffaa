import { blocks, countPoints, type Parameters, pointAt, type Sweep, wantedNodes } from '@kiln/domain';
import type { Context } from '../context.ts';
import { check, type Runnable } from './check.ts';
import type { SubmitJobInput } from './submission.input.ts';
import type { JobPreview, PreviewTask } from './submission.type.ts';

const SHOWN = 10;

/** What a submission would do, as far as it is in order. */
export async function preview(context: Context, input: SubmitJobInput): Promise<JobPreview> {
  const { problems, parameters, runnable } = await check(context, input);
  return { problems, parameters, ...(runnable ? planned(runnable, parameters) : { taskCount: 0, firstTasks: [], nodes: 0 }) };
}

function planned({ platform, sweep, inputs }: Runnable, parameters: Parameters): Pick<JobPreview, 'taskCount' | 'firstTasks' | 'nodes'> {
  const taskCount = countPoints(sweep) * Math.max(1, inputs?.count ?? 1);
  const nodes = wantedNodes(platform, parameters, taskCount).count;
  return { taskCount, firstTasks: firstTasks(sweep, inputs?.first ?? [], blocks(taskCount, nodes)), nodes };
}

/** Blocks are contiguous: the first tasks are those of the first node, then of the second. All points have an input set before the next. */
function firstTasks(sweep: Sweep, inputs: readonly string[], sizes: readonly number[]): PreviewTask[] {
  const tasks: PreviewTask[] = [];
  const points = countPoints(sweep);
  sizes.forEach((size, node) => {
    for (let n = 0; n < size && tasks.length < SHOWN; n += 1) {
      const input = inputs[Math.floor(tasks.length / points)] ?? null;
      tasks.push({ number: tasks.length + 1, node: node + 1, values: pointAt(sweep, tasks.length % points), input });
    }
  });
  return tasks;
}
