import { type IterationRecord, jobDirectory } from '@kiln/domain';
import { jobStatus } from './action-status.ts';
import type { AddedTasks } from './add-tasks.ts';
import type { Crate } from './crate.ts';
import { type Reference, ref } from './graph.ts';
import { AGENT, ENGINE, iterationId, PLATFORM, RUN, STEP } from './ids.ts';
import { kilnVersion } from './kiln-version.ts';

export interface Ran {
  readonly workflow: Reference;
  readonly shared: readonly Reference[];
  readonly outputs: readonly Reference[];
  /** Of the iterations that had tasks which ran. */
  readonly iterations: readonly Reference[];
}

/** Says that the job ran the workflow, and that Kiln saw to it. */
export async function addActions(crate: Crate, { workflow, shared, outputs, iterations }: Ran): Promise<void> {
  const { job } = crate;
  const times = { startTime: job.createdAt, ...(job.endedAt === null ? {} : { endTime: job.endedAt }) };
  const common = { agent: AGENT, location: PLATFORM, ...times, ...jobStatus(job) };
  await crate.describe(
    {
      '@id': RUN['@id'],
      '@type': 'CreateAction',
      name: `Job ${jobDirectory(job)}`,
      description: `A run of ${job.connector} on ${job.platform}.`,
      instrument: workflow,
      ...common,
      ...(shared.length > 0 ? { object: shared } : {}),
      ...(outputs.length > 0 ? { result: outputs } : {}),
    },
    { '@id': ENGINE['@id'], '@type': 'SoftwareApplication', name: 'Kiln', url: crate.url, version: kilnVersion() },
  );
  crate.actions.push(RUN);
  if (iterations.length === 0) return; // nothing was orchestrated
  const id = '#orchestration';
  await crate.describe({
    ...{ '@id': id, '@type': 'OrganizeAction', name: `Kiln runs ${jobDirectory(job)}` },
    ...{ instrument: ENGINE, object: iterations, result: RUN },
    ...common,
  });
  crate.actions.push(ref(id));
}

/** Says that the step was taken for all tasks of an iteration, and what that came to. */
export async function addIteration(
  crate: Crate,
  iteration: number,
  { runs, output }: AddedTasks,
  record: IterationRecord | undefined,
): Promise<Reference> {
  const id = iterationId(iteration);
  const criterion = record?.criterion ?? null;
  if (criterion !== null) {
    await crate.describe({ '@id': `${id}-criterion`, '@type': 'PropertyValue', name: 'convergence criterion', value: criterion });
  }
  const result = [...(output ? [output] : []), ...(criterion === null ? [] : [ref(`${id}-criterion`)])];
  const action = { '@id': id, '@type': 'ControlAction', name: `Iteration ${iteration}`, instrument: STEP, object: runs };
  await crate.describe({
    ...action,
    ...(record?.note ? { description: record.note } : {}),
    ...(result.length > 0 ? { result } : {}),
  });
  crate.actions.push(ref(id), ...runs);
  return ref(id);
}
