import { type Connector, type Parameter, type Parameters, type Platform, type Problem, type Sweep, type Value } from '@kiln/domain';
import { checkCuration } from './check-curation.ts';
import { checkInput, checkOutput } from './check-locations.ts';
import { checkReliability } from './check-reliability.ts';
import { checkResources } from './check-resources.ts';
import { checkSweep } from './check-sweep.ts';
import { isInput } from './define.ts';
import { brief, isSystemParameter, orMeant } from './names.ts';
import { isReliability } from './reliability-parameters.ts';
import { isResource } from './resource-parameters.ts';
import {
  type Choices,
  defaultNodes,
  defaultPlatform,
  fittingPlatforms,
  isReady,
  MINIMUM_NODES,
  NODES,
  suits,
  systemParameters,
} from './system-parameters.ts';
import { converted, valueProblem } from './value.ts';

export type Given = ReadonlyMap<string, unknown>;

/**
 * Everything that is wrong with submitted parameters, and the parameters with the defaults filled in. Text is taken for a number, a
 * truth value or JSON where the parameter is one. Parameters that are not shown (`onlyWhen`) keep their default, unchecked.
 */
export function checkParameters(
  connector: Connector,
  submitted: Readonly<Record<string, unknown>>,
  choices: Choices,
): { problems: Problem[]; parameters: Parameters } {
  const given: Given = new Map(Object.entries(submitted).filter(([, value]) => value !== undefined && value !== null));
  const report = new Report();
  report.addAll(unknownNames(connector, given));
  const sweep = checkSweep(connector, given.get('sweep'), report);
  const platform = checkPlatform(connector, given, choices, report);
  checkNodes(connector, given, platform, report);
  checkResources(connector, given, platform, report);
  checkInput(connector, given, choices, report);
  checkOutput(connector, given, choices, report);
  checkCuration(given, choices, report);
  checkReliability(connector, given, report);
  checkOwn(connector.parameters, given, sweep ?? {}, report);
  if (sweep) report.values.set('sweep', sweep);
  return { problems: report.problems, parameters: Object.fromEntries(report.values) };
}

/** What a check has found so far. */
export class Report {
  readonly problems: Problem[] = [];
  readonly values = new Map<string, Value | Sweep>();

  add(path: string | readonly string[], message: string, code: Problem['code'] = 'BAD_INPUT'): void {
    this.problems.push({ path: typeof path === 'string' ? [path] : path, code, message });
  }

  addAll(problems: readonly Problem[]): void {
    this.problems.push(...problems);
  }
}

function unknownNames(connector: Connector, given: Given): Problem[] {
  const known = [...systemParameters(connector), ...connector.parameters.map(({ name }) => name)];
  return [...given.keys()]
    .filter((name) => !known.includes(name))
    .map((name) => {
      const message = isInput(name)
        ? `'${name}' is for connectors that take an input location, and '${connector.name}' does not.`
        : isSystemParameter(name) && !isReliability(name)
          ? `'${name}' is for ${isResource(name) ? 'clusters' : 'cloud platforms'} only, and '${connector.name}' does not run on them.`
          : `There is no parameter '${name}'${orMeant(name, known)}`;
      return { path: [name], code: 'BAD_INPUT', message };
    });
}

function checkPlatform(connector: Connector, given: Given, choices: Choices, report: Report): Platform | undefined {
  const fitting = fittingPlatforms(connector, choices.platforms);
  const wanted = given.get('platform');
  const platform = wanted === undefined ? defaultPlatform(connector, choices) : fitting.find(({ name }) => name === wanted);
  if (platform) {
    report.values.set('platform', platform.name);
    return platform;
  }
  const kinds = connector.runsOn.join(' or ');
  const other = choices.platforms.find(({ name }) => name === wanted);
  const names = fitting.map(({ name }) => name);
  if (other && suits(connector, other) && !isReady(other)) {
    const message = `'${other.name}' is registered and not ready yet: its check must succeed once before jobs can run there.`;
    report.add('platform', message, 'PLATFORM_UNAVAILABLE');
  } else if (fitting.length === 0) {
    report.add(
      'platform',
      `'${connector.name}' runs on ${kinds} platforms, and there is none that you may use; register one.`,
      'PLATFORM_UNAVAILABLE',
    );
  } else if (other) {
    const message = `'${other.name}' is a ${other.kind} platform, and '${connector.name}' runs on ${kinds}; choose ${names.join(' or ')}.`;
    report.add('platform', message, 'PLATFORM_UNAVAILABLE');
  } else {
    report.add('platform', `There is no platform '${brief(wanted)}'; choose ${names.join(' or ')}.`, 'PLATFORM_UNAVAILABLE');
  }
  return undefined;
}

/** Only where machines are created; on other platforms what is given for them is not shown on the form and not kept. */
function checkNodes(connector: Connector, given: Given, platform: Platform | undefined, report: Report): void {
  if (platform ? platform.kind !== 'cloud' : connector.runsOn.some((kind) => kind !== 'cloud')) return;
  const most = platform?.maxNodes ?? Number.MAX_SAFE_INTEGER;
  const defaults = defaultNodes(connector, most);
  const nodes = checkValue({ ...NODES, default: defaults.nodes }, given.get('nodes'), report);
  const minimum = checkValue({ ...MINIMUM_NODES, default: defaults.minimum }, given.get('minimum_nodes'), report);
  if (nodes === undefined || minimum === undefined) return;
  if (Number(nodes) > most) report.add('nodes', `nodes must be at most ${most} on '${platform?.name}'.`);
  if (Number(minimum) > Number(nodes)) report.add('nodes', `nodes: minimum_nodes (${minimum}) is larger than nodes (${nodes}).`);
}

function checkOwn(parameters: readonly Parameter[], given: Given, sweep: Sweep, report: Report): void {
  const shown = new Set<string>();
  for (const parameter of parameters) {
    const { name, onlyWhen } = parameter;
    if (!onlyWhen || (shown.has(onlyWhen.parameter) && takes(onlyWhen.parameter, onlyWhen.equals, sweep, report))) {
      shown.add(name);
      checkValue(parameter, given.get(name), report, swept(sweep, name) !== undefined);
    } else if (parameter.default !== undefined) report.values.set(name, parameter.default);
  }
}

/** The parameter has this value, in some task at least. */
function takes(name: string, value: Value, sweep: Sweep, report: Report): boolean {
  return swept(sweep, name)?.includes(value) ?? report.values.get(name) === value;
}

function swept(sweep: Sweep, name: string): readonly Value[] | undefined {
  return Object.hasOwn(sweep, name) ? sweep[name] : undefined;
}

function checkValue(parameter: Parameter, given: unknown, report: Report, optional = false): Value | undefined {
  const { name } = parameter;
  const value = given === undefined ? parameter.default : converted(parameter.type, given);
  if (value === undefined) {
    if (!optional) report.add(name, `${name} is needed; give it a value.`);
    return undefined;
  }
  const wrong = valueProblem(parameter, value);
  if (wrong) {
    report.add(name, `${name} ${wrong}.`);
    return undefined;
  }
  report.values.set(name, value as Value); // valueProblem found a value of the declared type
  return value as Value;
}
