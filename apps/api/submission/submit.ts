import type { LoadedConnector } from '@kiln/connectors/load';
import { findConnector, hasVersion, storeVersion } from '@kiln/db/catalog';
import type { Database } from '@kiln/db/connect';
import { findJobByKey, type JobRow } from '@kiln/db/jobs';
import { MOST_RECENT, savePreset } from '@kiln/db/presets';
import { insertJob, type NewJob } from '@kiln/db/submit';
import { KnownError, type Parameters, type Problem } from '@kiln/domain';
import type { Context } from '../context.ts';
import { ownJob } from '../job/own-job.ts';
import { type Checked, check, type Runnable } from './check.ts';
import type { SubmitJobInput } from './submission.input.ts';
import type { SubmitJobResult } from './submission.type.ts';

/** Accepts a job, or says everything that speaks against it. */
export async function submit(context: Context, input: SubmitJobInput): Promise<SubmitJobResult> {
  const key = input.idempotencyKey ?? null;
  if (key !== null && (key === '' || key.length > 200)) return refused([KEY_LENGTH]);
  const checked = await check(context, input);
  const before = key === null ? null : await findJobByKey(context.db, context.caller.user.id, key);
  if (before) return again(before, input, checked);
  if (checked.problems.length > 0 || !checked.runnable) return refused(checked.problems);

  const { id, existed } = await accept(context, checked.parameters, checked.runnable, key);
  const job = await ownJob(context, String(id));
  if (existed) return again(job, input, checked);
  await savePreset(context.db, {
    ownerId: context.caller.user.id,
    connector: job.connector,
    name: MOST_RECENT,
    parameters: checked.parameters,
  });
  return { job, problems: [] };
}

export const KEY_LENGTH: Problem = { path: ['idempotencyKey'], code: 'BAD_INPUT', message: 'An idempotency key has 1 to 200 letters.' };

function refused(problems: readonly Problem[]): SubmitJobResult {
  return { job: null, problems };
}

async function accept({ db, caller }: Context, parameters: Parameters, { loaded, platform }: Runnable, key: string | null) {
  await keepVersion(db, loaded);
  return insertJob(db, {
    ownerId: caller.user.id,
    connector: loaded.connector.name,
    version: loaded.hash,
    platform: platform.name,
    ...outputOf(parameters),
    parameters,
    ...(key === null ? {} : { idempotencyKey: key }),
  });
}

export function outputOf(parameters: Parameters): Pick<NewJob, 'outputStorage' | 'outputPath'> {
  return { outputStorage: String(parameters['output_storage']), outputPath: String(parameters['output_path']) };
}

export async function keepVersion(db: Database, loaded: LoadedConnector): Promise<void> {
  if (await hasVersion(db, loaded.hash)) return;
  const { name, stages } = loaded.connector;
  await storeVersion(db, { name, version: loaded.hash, archive: await loaded.archive(), inWorkers: Object.keys(stages).length > 0 });
}

/** What was submitted under this key before: the same job if the same is asked for. */
function again(job: JobRow, input: SubmitJobInput, { parameters, runnable }: Checked): SubmitJobResult {
  const same = (names: readonly string[]) =>
    names.every((name) => JSON.stringify(parameters[name]) === JSON.stringify(job.parameters[name]));
  const all = [...new Set([...Object.keys(parameters), ...Object.keys(job.parameters)])];
  // The folder may have changed or broken since: then only what was given, not what is filled in, can be compared.
  const sameInput = runnable?.loaded.hash === job.version ? same(all) : !runnable || same(Object.keys(input.parameters ?? {}));
  if (job.connector === input.connector && sameInput) return { job, problems: [] };
  const message = `This idempotency key was used for job ${job.id}, which is different; use a new key for each job.`;
  return refused([{ path: ['idempotencyKey'], code: 'CONFLICT', message }]);
}

/** A new job with the parameters and the version of `job`, whatever became of the connector's folder. */
export async function submitAgain(context: Context, job: JobRow): Promise<JobRow> {
  await refuseInactive(context, job.connector);
  const { ownerId, connector: name, version, platform, outputStorage, parameters, point } = job;
  const outputPath = job.sweepId === null ? job.outputPath : outputOf(parameters).outputPath; // it is no child of that sweep
  const fresh = { ownerId, connector: name, version, platform, outputStorage, outputPath, parameters, point, retryOf: job.id };
  const { id } = await insertJob(context.db, fresh);
  return ownJob(context, String(id));
}

/** @throws KnownError CONNECTOR_INACTIVE */
export async function refuseInactive({ db }: Context, name: string): Promise<void> {
  const connector = await findConnector(db, name);
  if (!connector || connector.active) return;
  throw new KnownError('CONNECTOR_INACTIVE', `The connector "${name}" is deactivated; ask an administrator to activate it.`);
}
