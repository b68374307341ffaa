import { megabytes, type Parameter, RESOURCE_PARAMETERS, seconds, type Value } from '@kiln/domain';
import { valueProblem } from './value.ts';

type ResourceName = (typeof RESOURCE_PARAMETERS)[number];

interface Resource {
  readonly title: string;
  readonly help: string;
  readonly type?: 'integer';
  readonly minimum?: number;
  /** What is wrong with its text, as what follows its name. */
  readonly problem?: (text: string) => string | null;
  readonly multiline?: true;
}

/** What a submission may ask of a batch scheduler; the default of each is what the platform says. */
export const RESOURCES: Readonly<Record<ResourceName, Resource>> = {
  queue: { title: 'Queue', help: 'Queue or partition; blank is the default one.', problem: wordProblem },
  walltime: {
    title: 'Walltime',
    help: 'How long one task may take, such as 90m, 4h or 2-12:00:00; the scheduler ends it then.',
    problem: (text) => (seconds(text) === null ? 'must be a time such as 90m, 4h or 2-12:00:00' : null),
  },
  memory: {
    title: 'Memory',
    help: 'For each task, on each of its machines, such as 4GB or 500M.',
    problem: (text) => (megabytes(text) === null ? 'must be an amount such as 4GB or 500M' : null),
  },
  cores: { title: 'Cores', help: 'For each task, on each of its machines.', type: 'integer', minimum: 1 },
  gpus: { title: 'GPUs', help: 'For each task, on each of its machines.', type: 'integer', minimum: 0 },
  nodes_per_task: {
    title: 'Machines for a task',
    help: 'More than one is for programs that speak MPI.',
    type: 'integer',
    minimum: 1,
  },
  account: { title: 'Account', help: 'Who is charged, where the site asks for it.', problem: wordProblem },
  project: { title: 'Project', help: 'What it is for, where the site asks for it.', problem: wordProblem },
  qos: { title: 'QOS', help: 'Quality of service, where the site has several.', problem: wordProblem },
  directives: {
    title: 'Further directives',
    help: "Options of the scheduler's own, one a line, such as --constraint=ib.",
    problem: directivesProblem,
    multiline: true,
  },
  tasks_per_element: {
    title: 'Tasks in one element',
    help: 'How many tasks one element of an array job works through, one after another; 0 leaves it to Kiln.',
    type: 'integer',
    minimum: 0,
  },
};

/** In the order of the form. */
export const RESOURCE_NAMES = Object.keys(RESOURCES).filter((name) => isResource(name));

export function isResource(name: string): name is ResourceName {
  return RESOURCE_PARAMETERS.some((resource) => resource === name);
}

const PARAMETERS = new Map(
  RESOURCE_NAMES.map((name): [ResourceName, Parameter] => {
    const { type = 'string', minimum } = RESOURCES[name];
    return [name, { name, type, ...(minimum !== undefined && { minimum }) }];
  }),
);

export function resourceParameter(name: ResourceName): Parameter {
  return PARAMETERS.get(name) ?? { name, type: 'string' };
}

/** What is wrong with a value on any platform, as what follows its name; null if nothing. */
export function resourceProblem(name: ResourceName, value: Value): string | null {
  const wrong = valueProblem(resourceParameter(name), value);
  return wrong ?? (typeof value === 'string' ? (RESOURCES[name].problem?.(value.trim()) ?? null) : null);
}

function wordProblem(text: string): string | null {
  return /^[^-\s\p{Cc}][^\s\p{Cc}]{0,199}$/u.test(text) ? null : 'must be one word that does not begin with a hyphen';
}

function directivesProblem(text: string): string | null {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const wrong = lines.find((line) => !/^-[^\p{Cc}]*$/u.test(line));
  return wrong === undefined ? null : "must begin with '-' on every line, such as --constraint=ib";
}
