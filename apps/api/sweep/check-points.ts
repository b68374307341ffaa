import { setImmediate as breathe } from 'node:timers/promises';
import { templateProblems } from '@kiln/connectors/check-templates';
import { checkParameters } from '@kiln/connectors/form';
import type { LoadedConnector } from '@kiln/connectors/load';
import { isSystemParameter, parameterNameProblem } from '@kiln/connectors/names';
import type { Choices } from '@kiln/connectors/system-parameters';
import { converted, plainProblem } from '@kiln/connectors/value';
import type { NewChild } from '@kiln/db/sweeps';
import {
  type Connector,
  fixedSweep,
  KnownError,
  type Point,
  type Problem,
  pointsOf,
  type Sweep,
  type SweepMap,
  type Value,
  validateSubmission,
} from '@kiln/domain';
import { firstSweepOf } from '../submission/first-sweep.ts';

type Submitted = Readonly<Record<string, unknown>>;

/** Points that are checked before others get a turn. */
const AT_ONCE = 25;
/** Beyond so many problems no further point is looked at. */
const ENOUGH = 20;

/** They decide where all children are, or what the tasks of each are. */
const FIXED: readonly string[] = ['output_storage', 'output_path', 'sweep'];

/** What is wrong with a name that a sweep goes over; null if nothing. Names that the connector does not know only multiply its jobs. */
export function sweptNameProblem(connector: Connector, name: string): string | null {
  if (name === 'sweep') return "'sweep' says what the tasks of each job are; it cannot be swept itself.";
  if (FIXED.includes(name)) return `'${name}' is the same for all jobs of a sweep; give it as a parameter.`;
  return isKnown(connector, name) ? null : parameterNameProblem(name);
}

/**
 * A child for each point, with what is wrong with any of them, as if each were submitted by itself. A function that chooses the tasks of a
 * job is asked for those of the first child only.
 */
export async function checkPoints(
  loaded: LoadedConnector,
  { map, fixed, submitted }: { readonly map: SweepMap; readonly fixed: Point; readonly submitted: Submitted },
  choices: Choices,
): Promise<{ readonly children: readonly NewChild[]; readonly firstTasks: Sweep | null; readonly problems: readonly Problem[] }> {
  const { connector } = loaded;
  const children: NewChild[] = [];
  const problems = new Map<string, Problem>();
  for (const given of pointsOf(map, fixed)) {
    const point = typed(connector, given);
    const checked = checkPoint(connector, point, submitted, choices);
    for (const problem of checked.problems) problems.set(JSON.stringify(problem), problem);
    if (problems.size >= ENOUGH) break;
    children.push({ platform: String(checked.parameters.platform), parameters: checked.parameters, point });
    if (children.length % AT_ONCE === 0) await breathe();
  }
  const [first] = children;
  const tasks = problems.size === 0 && first ? await tasksOfChild(loaded, first) : { sweep: null, problems: [] };
  return { children, firstTasks: tasks.sweep, problems: [...problems.values(), ...tasks.problems].slice(0, ENOUGH) };
}

function checkPoint(connector: Connector, point: Point, submitted: Submitted, choices: Choices) {
  const known = Object.fromEntries(Object.entries(point).filter(([name]) => isKnown(connector, name)));
  const { problems, parameters } = checkParameters(connector, { ...submitted, ...tasksOf(connector, point, submitted), ...known }, choices);
  const platform = choices.platforms.find(({ name }) => name === parameters.platform);
  const sweep = fixedSweep(connector, parameters);
  const further = problems.length === 0 && platform ? validateSubmission({ connector, platform, parameters, sweep: sweep ?? {} }) : [];
  const wrong = [...problems, ...further].map((problem) => about(problem, point));
  const ofTasks = wrong.length === 0 && sweep ? taskProblems(connector, point, sweep) : [];
  return { parameters, problems: [...wrong, ...plainProblems(point), ...ofTasks] };
}

/** What the connector by itself would sweep over tasks, without what is swept over jobs; whoever gives a map of tasks means it. */
function tasksOf({ sweep }: Connector, point: Point, { sweep: given }: Submitted): Submitted {
  if (typeof sweep === 'function' || (given !== undefined && JSON.stringify(given) !== JSON.stringify(sweep))) return {};
  return { sweep: Object.fromEntries(Object.entries(sweep).filter(([name]) => !Object.hasOwn(point, name))) };
}

/** At its name in the map, with its value, where it is about one of them. */
function about(problem: Problem, point: Point): Problem {
  const [name = ''] = problem.path;
  if (!Object.hasOwn(point, name)) return problem;
  return { ...problem, path: ['over', name], message: `${name} = ${shown(point[name])}: ${problem.message}` };
}

function plainProblems(point: Point): Problem[] {
  return Object.entries(point).flatMap(([name, value]) => {
    const wrong = plainProblem(value);
    return wrong === null ? [] : [{ path: ['over', name], code: 'BAD_INPUT', message: `A value of ${name} ${wrong}.` } satisfies Problem];
  });
}

async function tasksOfChild(
  loaded: LoadedConnector,
  { parameters, point }: NewChild,
): Promise<{ readonly sweep: Sweep | null; readonly problems: readonly Problem[] }> {
  const fixed = fixedSweep(loaded.connector, parameters);
  if (fixed) return { sweep: fixed, problems: [] };
  const chosen = await firstSweepOf(loaded, parameters);
  if ('problem' in chosen) return { sweep: null, problems: [chosen.problem] };
  return { sweep: chosen.sweep, problems: taskProblems(loaded.connector, point, chosen.sweep) };
}

/** A name cannot have one value for the job and others for its tasks, and each name in a template needs one. */
function taskProblems(connector: Connector, point: Point, tasks: Sweep): Problem[] {
  const ofPoint = Object.fromEntries(Object.keys(point).map((name) => [name, []]));
  return [...twice(point, tasks), ...templateProblems(connector, { ...tasks, ...ofPoint })];
}

function twice(point: Point, tasks: Sweep): Problem[] {
  return Object.keys(point).flatMap((name) => {
    if (!Object.hasOwn(tasks, name)) return [];
    const message = `'${name}' is swept over the tasks of each job already; leave it out here, or take it out of the parameter 'sweep'.`;
    return [{ path: ['over', name], code: 'BAD_INPUT', message } satisfies Problem];
  });
}

function typed({ parameters }: Connector, point: Point): Point {
  const entries = Object.entries(point).map(([name, value]): [string, Value] => {
    const type = parameters.find((parameter) => parameter.name === name)?.type;
    return [name, type ? (converted(type, value) as Value) : value]; // a value of another type, or the same
  });
  return Object.fromEntries(entries);
}

function isKnown(connector: Connector, name: string): boolean {
  return isSystemParameter(name) || connector.parameters.some((parameter) => parameter.name === name);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** What an error of the map is as a problem of the submission; others are thrown on. */
export function asProblem(error: unknown): Problem {
  if (!(error instanceof KnownError)) throw error;
  return { path: ['over'], code: error.code, message: error.message };
}
