import { type Connector, holdsFiles, type Problem, stores } from '@kiln/domain';
import type { Given, Report } from './check-parameters.ts';
import { brief } from './names.ts';
import { type Choices, defaultStorage, sourcesOf } from './system-parameters.ts';

/** Where the input comes from; a job without one has neither of the two parameters. */
export function checkInput(connector: Connector, given: Given, choices: Choices, report: Report): void {
  if (connector.input === null) return;
  const { defaults } = connector;
  const path = blankAsNone(given.get('input_path') ?? defaults.input_path);
  const storage = blankAsNone(given.get('input_storage'));
  if (path === undefined && connector.input === 'required') {
    report.add('input_path', 'input_path is needed; name the folder of a storage that holds the input.');
  }
  if (path === undefined) return;
  setStorage('input_storage', storage ?? defaults.input_storage ?? sourcesOf(choices)[0], choices, report);
  setPath('input_path', path, report);
}

export function checkOutput(connector: Connector, given: Given, choices: Choices, report: Report): void {
  setStorage('output_storage', given.get('output_storage') ?? defaultStorage(connector, choices), choices, report);
  setPath('output_path', given.get('output_path') ?? connector.defaults.output_path ?? '', report);
  const { input_storage: from, input_path: input, output_storage: to, output_path: output } = Object.fromEntries(report.values);
  if (from !== undefined && from === to && `${output}/`.startsWith(`${input}/`)) {
    report.add(
      'output_path',
      `output_path lies in the input location '${input}', which would then hold its own results; choose another folder.`,
    );
  }
}

const blankAsNone = (value: unknown) => (value === '' ? undefined : value);

type Side = 'input' | 'output';

interface Words {
  readonly what: string;
  readonly verb: string;
  readonly code: Problem['code'];
  readonly fits: typeof stores;
  readonly names: (choices: Choices) => readonly string[];
}

const STORAGES: Readonly<Record<Side, Words>> = {
  input: { what: 'input', verb: 'input can be taken from there', code: 'PLATFORM_UNAVAILABLE', fits: holdsFiles, names: sourcesOf },
  output: {
    what: 'results',
    verb: 'results can go there',
    code: 'STORAGE_UNWRITABLE',
    fits: stores,
    names: ({ storages }) => storages,
  },
};

function setStorage(name: `${Side}_storage`, wanted: unknown, choices: Choices, report: Report): void {
  const words = STORAGES[name === 'input_storage' ? 'input' : 'output'];
  const known = words.names(choices).find((one) => one === wanted);
  if (known !== undefined) report.values.set(name, known);
  else report.add(name, ...storageProblem(words, wanted, choices));
}

function storageProblem({ what, verb, code, fits, names }: Words, wanted: unknown, choices: Choices): [string, Problem['code']?] {
  const storages = names(choices);
  if (storages.length === 0) return [`There is no storage for the ${what} that you may use; register one.`, code];
  const other = choices.platforms.find((platform) => platform.name === wanted);
  const choose = `choose ${storages.join(' or ')}`;
  if (!other) return [`There is no storage '${brief(wanted)}'; ${choose}.`];
  if (!fits(other)) return [`'${other.name}' ${holdsFiles(other) ? 'is only read and ' : ''}keeps no results; ${choose}.`];
  return [`'${other.name}' is registered and not ready yet: its check must succeed once before ${verb}; ${choose}.`];
}

function setPath(name: `${Side}_path`, path: unknown, report: Report): void {
  const wrong = pathProblem(path) ?? (name === 'input_path' ? rootProblem(path) : null);
  if (wrong) report.add(name, `${name} ${wrong}.`);
  else report.values.set(name, plain(path));
}

function pathProblem(path: unknown): string | null {
  if (typeof path !== 'string') return 'must be text';
  if (path.startsWith('/')) return "must not begin with '/'; it is a folder below the storage's root";
  const parts = path.split('/');
  if (parts.includes('..')) return "must not hold '..'";
  if (/\p{Cc}/u.test(path)) return 'must not hold control characters';
  if (parts.find((part) => part !== '' && part !== '.') === '.kiln') return "must not lead into '.kiln', where jobs work";
  const long = Buffer.byteLength(path) > 1024 || parts.some((part) => Buffer.byteLength(part) > 255);
  return long ? 'must be at most 1024 bytes, and each name in it at most 255' : null;
}

/** Chiminey's rule: an input location is not the whole of a storage. */
function rootProblem(path: unknown): string | null {
  return plain(path) === '' ? 'must name a folder; the root of a storage is none' : null;
}

function plain(path: unknown): string {
  return String(path)
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
