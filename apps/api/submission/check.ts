import { templateProblems } from '@kiln/connectors/check-templates';
import { checkParameters } from '@kiln/connectors/form';
import type { LoadedConnector } from '@kiln/connectors/load';
import { findConnector } from '@kiln/db/catalog';
import {
  type Answers,
  countPoints,
  MAX_TASKS,
  type Parameters,
  type Platform,
  type Problem,
  type Sweep,
  validateSubmission,
} from '@kiln/domain';
import type { Context } from '../context.ts';
import { choicesOf } from '../platform/choices.ts';
import { askInput, askOutput } from './ask-locations.ts';
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
  /** The input sets of its input location, each of which the points are run with; null if it has none, or nobody could look. */
  readonly inputs: Answers['check-input'] | null;
}

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
  const [chosen, output, input] = await Promise.all([
    sound ? firstSweepOf(loaded, parameters) : null,
    askOutput(context, problems, parameters),
    askInput(context, problems, parameters),
  ]);
  const runnable = sound && chosen && 'sweep' in chosen ? { loaded, platform, sweep: chosen.sweep, inputs: input.sets } : null;
  const further = [
    ...(chosen && 'problem' in chosen ? [chosen.problem] : []),
    ...(runnable ? templateProblems(loaded.connector, runnable.sweep) : []),
    ...(runnable ? tooManyTasks(runnable) : []),
    ...(runnable ? validateSubmission({ connector: loaded.connector, parameters, ...runnable }) : []),
    ...input.problems,
    ...output,
  ];
  return { problems: [...problems, ...further], parameters, runnable };
}

/** What the sweep by itself has, its validation tells. */
function tooManyTasks({ sweep, inputs }: Runnable): Problem[] {
  if (!inputs || countPoints(sweep) > MAX_TASKS || countPoints(sweep) * inputs.count <= MAX_TASKS) return [];
  const most = MAX_TASKS.toLocaleString('en');
  const count = inputs.count.toLocaleString('en');
  const message = `The input location holds ${count} directories, each of which is run with the whole sweep; a job may have ${most} tasks in one iteration.`;
  return [{ path: ['input_path'], code: 'TOO_MANY_TASKS', message }];
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
