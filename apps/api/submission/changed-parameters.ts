import { checkParameters } from '@kiln/connectors/form';
import type { JobRow } from '@kiln/db/jobs';
import { findPlatform } from '@kiln/db/platforms';
import { isScheduler, KnownError, LIMIT_PARAMETERS, type Parameters, RESOURCE_PARAMETERS, RETRY_PARAMETERS } from '@kiln/domain';
import type { Context } from '../context.ts';
import type { RetryScope } from '../enums.ts';
import { choicesOf } from '../platform/choices.ts';
import { type Given, sameVersion, valueAlone } from './job-values.ts';

const CHANGEABLE: readonly string[] = [...RESOURCE_PARAMETERS, ...RETRY_PARAMETERS, ...LIMIT_PARAMETERS];

/** The parameters that a retry of `job` changes, checked; blank is as if the job had none. @throws KnownError BAD_INPUT with all that is wrong */
export async function changedParameters(context: Context, job: JobRow, scope: RetryScope, given: object): Promise<Parameters> {
  const changes: Given = { ...given };
  const names = Object.keys(changes);
  if (names.length === 0) return {};
  if (scope === 'ALL') {
    refuse('Parameters can be changed for a retry of what failed only; to run everything with others, submit a new job.');
  }
  const other = names.find((name) => !CHANGEABLE.includes(name));
  if (other !== undefined) {
    refuse(`A retry cannot change '${other.slice(0, 60)}', only what tasks ask for, retries and limits; submit a new job for that.`);
  }
  await refuseIdle(context, job, changes);
  const { problems, values } = await checked(context, job, changes);
  if (problems.length > 0) refuse(problems.join(' '));
  return Object.fromEntries(names.map((name) => [name, values[name] ?? '']));
}

/** What would be taken and have no effect. */
async function refuseIdle({ db }: Context, job: JobRow, changes: Given): Promise<void> {
  const platform = await findPlatform(db, job.platform);
  const resource = RESOURCE_PARAMETERS.find((name) => name in changes);
  if (resource && platform && !isScheduler(platform.kind)) {
    refuse(`'${resource}' is asked of a scheduler, and '${platform.name}' has none; leave it out.`);
  }
  const retry = RETRY_PARAMETERS.find((name) => name !== 'reschedule_failed_tasks' && name in changes);
  const merged: Given = { ...job.parameters, ...changes };
  if (retry && String(merged['reschedule_failed_tasks']) !== 'true') {
    refuse(`'${retry}' counts only while failed tasks are scheduled again; set reschedule_failed_tasks to true as well.`);
  }
}

interface Checked {
  readonly problems: readonly string[];
  readonly values: Parameters;
}

/** As of a submission while the connector's folder is the job's version, else each value alone. */
async function checked(context: Context, job: JobRow, changes: Given): Promise<Checked> {
  const loaded = await sameVersion(context, job);
  if (!loaded) {
    const each = Object.entries(changes).map(([name, given]) => ({ name, ...valueAlone(job, name, given) }));
    const values = Object.fromEntries(each.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
    return { problems: each.flatMap(({ problem }) => problem ?? []), values };
  }
  const choices = await choicesOf(context.db, context.caller.user.id);
  const { problems, parameters } = checkParameters(loaded.connector, { ...job.parameters, ...changes }, choices);
  const about = problems.filter(({ path }) => CHANGEABLE.includes(path[0] ?? ''));
  return { problems: about.map(({ message }) => message), values: parameters };
}

function refuse(message: string): never {
  throw new KnownError('BAD_INPUT', message);
}
