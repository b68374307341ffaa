import { templateProblems } from '@kiln/connectors/check-templates';
import { checkParameters } from '@kiln/connectors/form';
import type { LoadedConnector } from '@kiln/connectors/load';
import { findConnector } from '@kiln/db/catalog';
import { type ErrorCode, KnownError, type Parameters, type Platform, type Problem, type Sweep, validateSubmission } from '@kiln/domain';
import type { Context } from '../context.ts';
import { choicesOf } from '../platform/choices.ts';
import { firstSweepOf } from './first-sweep.ts';
import type { SubmitJobInput } from './submission.input.ts';

export interface Checked {
  /** Everything that is wrong; empty if the job can be accepted. */
  readonly problems: readonly Problem[];
  /** With the defaults filled in, as far as they are known. */
  readonly parameters: Parameters;
  /** What would run; null while the connector or its parameters are not in order. */
  readonly runnable: Runnable | null;
}

export interface Runnable {
  readonly loaded: LoadedConnector;
  readonly platform: Platform;
  /** Of its first iteration. */
  readonly sweep: Sweep;
}

const OUTPUT_CHECK = 2000;

/** Asks everybody who may object to a submission: the catalog, the form, the stages of the connector, the storage. */
export async function check(context: Context, input: SubmitJobInput): Promise<Checked> {
  await context.catalog.refresh();
  const loaded = context.catalog.loaded(input.connector);
  const objection = await aboutConnector(context, input.connector, loaded);
  if (!loaded || objection) return { problems: objection ? [objection] : [], parameters: {}, runnable: null };
  return checkLoaded(context, loaded, { ...input.parameters });
}

/** What the form, the stages of the connector and the storage object. */
export async function checkLoaded(
  context: Context,
  loaded: LoadedConnector,
  submitted: Readonly<Record<string, unknown>>,
): Promise<Checked> {
  const choices = await choicesOf(context.db, context.caller.user.id);
  const { problems, parameters } = checkParameters(loaded.connector, submitted, choices);
  const platform = choices.platforms.find(({ name }) => name === parameters['platform']);
  const sound = problems.length === 0 && platform !== undefined;
  const [chosen, storage] = await Promise.all([sound ? firstSweepOf(loaded, parameters) : null, askStorage(context, problems, parameters)]);
  const runnable = sound && chosen && 'sweep' in chosen ? { loaded, platform, sweep: chosen.sweep } : null;
  const further = [
    ...(chosen && 'problem' in chosen ? [chosen.problem] : []),
    ...(runnable ? templateProblems(loaded.connector, runnable.sweep) : []),
    ...(runnable ? validateSubmission({ connector: loaded.connector, parameters, ...runnable }) : []),
    ...storage,
  ];
  return { problems: [...problems, ...further], parameters, runnable };
}

/** Why no job of this connector can be accepted at all. */
export async function aboutConnector({ db }: Context, name: string, loaded: LoadedConnector | undefined): Promise<Problem | null> {
  const row = await findConnector(db, name);
  const problem = (code: Problem['code'], message: string): Problem => ({ path: ['connector'], code, message });
  if (!row) return problem('NOT_FOUND', `There is no connector "${name.slice(0, 60)}".`);
  if (!row.active) return problem('CONNECTOR_INACTIVE', `The connector "${name}" is deactivated; ask an administrator to activate it.`);
  if (row.problem !== null || !loaded)
    return problem('CONNECTOR_BROKEN', row.problem ?? `The connector "${name}" is not ready yet; try again.`);
  return null;
}

const NOBODY_LOOKED: readonly ErrorCode[] = ['NO_WORKER', 'DATABASE_AWAY'];

/** Whether results can be written. Without a worker that can answer nobody can look: the job is accepted and finds out by itself. */
export async function askStorage({ asker }: Context, problems: readonly Problem[], parameters: Parameters): Promise<Problem[]> {
  const { output_storage: storage, output_path: path } = parameters;
  if (typeof storage !== 'string' || typeof path !== 'string' || problems.some((one) => one.path[0]?.startsWith('output_'))) return [];
  try {
    await asker.ask<'check-output'>({ kind: 'check-output', storage, path }, { timeout: OUTPUT_CHECK });
    return [];
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return NOBODY_LOOKED.includes(error.code) ? [] : [{ path: ['output_path'], code: error.code, message: error.message }];
  }
}
