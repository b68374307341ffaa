import { checkedSweep, countPoints, fixedSweep, type IterationRecord, type JobState, type Sweep, type World } from '@kiln/domain';
import { inputsFor } from './inputs.ts';

/** The points of an iteration that follows on `previous`, and how many tasks they make with its input sets. */
export async function chooseSweep(
  { job, connector }: JobState,
  world: World,
  iteration: number,
  previous: IterationRecord | null,
): Promise<{ sweep: Sweep; total: number }> {
  const chosen = fixedSweep(connector, job.parameters) ?? (await world.code.sweep(job.parameters, iteration, previous));
  const sets = Math.max(1, (await inputsFor(world, iteration, previous)).names.length);
  const sweep = checkedSweep(chosen, sets);
  return { sweep, total: countPoints(sweep) * sets };
}
