import { checkParameters } from '@kiln/connectors/form';
import type { LoadedConnector } from '@kiln/connectors/load';
import type { NewChild } from '@kiln/db/sweeps';
import { countMap, namesOf, type Parameters, type Point, type Problem, pointsOf, readSweepMap, type Sweep, type Value } from '@kiln/domain';
import type { Context } from '../context.ts';
import { choicesOf } from '../platform/choices.ts';
import { askInput, askOutput } from '../submission/ask-locations.ts';
import { aboutConnector } from '../submission/check.ts';
import { asProblem, checkPoints, sweptNameProblem } from './check-points.ts';
import type { SubmitSweepInput } from './sweep.input.ts';

export interface CheckedSweep {
  /** Everything that is wrong; empty if the sweep can be accepted. */
  readonly problems: readonly Problem[];
  /** What all children have, with the defaults filled in. */
  readonly parameters: Parameters;
  /** In the order of their points; all of them, if nothing is wrong. */
  readonly children: readonly NewChild[];
  readonly jobCount: number;
  readonly firstPoints: readonly Point[];
  /** The sweep over tasks of the first child; null if it cannot be had. */
  readonly firstTasks: Sweep | null;
  readonly atMost: number;
  /** Null if the connector cannot be used. */
  readonly loaded: LoadedConnector | null;
}

const NOTHING: Omit<CheckedSweep, 'problems'> = {
  parameters: {},
  children: [],
  jobCount: 0,
  firstPoints: [],
  firstTasks: null,
  atMost: 0,
  loaded: null,
};
const SHOWN = 10;
export const MOST_AT_ONCE = 1000;

/** Asks everybody who may object to a sweep: the catalog, its map, the form with each point, the stages, the storage. */
export async function checkSweep(context: Context, input: SubmitSweepInput): Promise<CheckedSweep> {
  await context.catalog.refresh();
  const loaded = context.catalog.loaded(input.connector);
  const objection = await aboutConnector(context, input.connector, loaded);
  if (!loaded || objection) return { ...NOTHING, problems: objection ? [objection] : [] };
  return checkLoadedSweep(context, loaded, input);
}

/** The same of a connector that is known already. */
export async function checkLoadedSweep(
  context: Context,
  loaded: LoadedConnector,
  input: Pick<SubmitSweepInput, 'over' | 'parameters' | 'atMost'>,
): Promise<CheckedSweep> {
  const { connector } = loaded;
  const choices = await choicesOf(context.db, context.caller.user.id);
  const submitted = { ...input.parameters };
  const { map, problems: unread } = readSweepMap(input.over);
  const names = namesOf(map);
  const base = checkParameters(connector, submitted, choices);
  const atMost = input.atMost ?? usualAtMost(choices.platforms.find(({ name }) => name === base.parameters.platform)?.slots ?? 1);
  const known = { parameters: base.parameters, atMost, loaded };
  const misnamed = names.flatMap((name) => asList(name, sweptNameProblem(connector, name)));
  const mapProblems = [...unread.flatMap(({ name, message }) => asList(name, message)), ...misnamed, ...atMostProblem(atMost)];
  const ofBase = base.problems.filter(({ path }) => !names.includes(path[0] ?? ''));
  const [output, found] = await Promise.all([
    askOutput(context, base.problems, base.parameters),
    names.some((name) => name.startsWith('input_')) ? null : askInput(context, base.problems, base.parameters),
  ]);
  const storage = [...(found?.problems ?? []), ...output];
  if (mapProblems.length > 0) return { ...NOTHING, ...known, problems: [...mapProblems, ...ofBase, ...storage] };

  const fixed = scalars(base.parameters);
  try {
    const jobCount = countMap(map, fixed);
    const { children, firstTasks, problems } = await checkPoints(loaded, { map, fixed, submitted }, choices);
    return { ...known, jobCount, children, firstTasks, firstPoints: first(pointsOf(map, fixed)), problems: [...problems, ...storage] };
  } catch (error) {
    return { ...NOTHING, ...known, problems: [asProblem(error), ...ofBase, ...storage] };
  }
}

/** As many jobs as there are places for tasks, within reason. */
function usualAtMost(slots: number): number {
  return Math.max(2, Math.min(20, slots));
}

function atMostProblem(atMost: number): Problem[] {
  if (atMost >= 1 && atMost <= MOST_AT_ONCE) return [];
  return [{ path: ['atMost'], code: 'BAD_INPUT', message: `Of a sweep 1 to ${MOST_AT_ONCE} jobs may run at once.` }];
}

function asList(name: string, message: string | null): Problem[] {
  return message === null ? [] : [{ path: name === '' ? ['over'] : ['over', name], code: 'BAD_INPUT', message }];
}

/** What conditions may speak of besides what is swept. */
function scalars(parameters: Parameters): Record<string, Value> {
  return Object.fromEntries(Object.entries(parameters).flatMap(([name, value]) => (typeof value === 'object' ? [] : [[name, value]])));
}

function first(points: Iterable<Point>): Point[] {
  const found: Point[] = [];
  for (const point of points) {
    found.push(point);
    if (found.length === SHOWN) break;
  }
  return found;
}
