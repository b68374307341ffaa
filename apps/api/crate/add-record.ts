import { stageTimes } from '@kiln/db/stage-times';
import { type IterationRecord, jobDirectory } from '@kiln/domain';
import type { Crate } from './crate.ts';
import { RUN } from './ids.ts';

/** Adds what Kiln knows of the job as a whole, in its own words. */
export async function addRecord(crate: Crate, iterations: readonly IterationRecord[]): Promise<void> {
  const { db, job } = crate;
  const { id, connector, version, platform, parameters, point, sweep, status, ending, branchOf, retryOf, sweepId, createdAt, endedAt } =
    job;
  const record = {
    ...{ id, directory: jobDirectory(job), connector, version, platform, parameters, point, sweep },
    ...{ status, ending, branchOf, retryOf, sweepId, createdAt, endedAt },
    stages: await stageTimes(db, job, Date.now()),
  };
  await add('job.json', record, 'What Kiln knows of the job: all parameters, how it ended, how long it was in which stage.');
  if (iterations.length > 0) await add('iterations.json', iterations, 'What the iterations came to.');

  async function add(path: string, value: unknown, description: string): Promise<void> {
    const content = `${JSON.stringify(value, null, 2)}\n`;
    crate.parts.push(await crate.add({ path, content, facts: { description, about: RUN } }));
  }
}
