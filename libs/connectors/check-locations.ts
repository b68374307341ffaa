import { type Connector, type Problem, stores } from '@kiln/domain';
import type { Given, Report } from './check-parameters.ts';
import { brief } from './names.ts';
import { type Choices, defaultStorage } from './system-parameters.ts';

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
  setStorage('input_storage', storage ?? defaults.input_storage ?? choices.storages[0], choices, report);
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

const STORAGES: Readonly<Record<Side, { readonly what: string; readonly verb: string; readonly code: Problem['code'] }>> = {
  input: { what: 'input', verb: 'input can be taken from there', code: 'PLATFORM_UNAVAILABLE' },
  output: { what: 'results', verb: 'results can go there', code: 'STORAGE_UNWRITABLE' },
};

function setStorage(name: `${Side}_storage`, wanted: unknown, choices: Choices, report: Report): void {
  const known = choices.storages.find((one) => one === wanted);
  if (known !== undefined) report.values.set(name, known);
  else report.add(name, ...storageProblem(STORAGES[name === 'input_storage' ? 'input' : 'output'], wanted, choices));
}

type Words = (typeof STORAGES)[Side];

function storageProblem({ what, verb, code }: Words, wanted: unknown, { platforms, storages }: Choices): [string, Problem['code']?] {
  if (storages.length === 0) return [`There is no storage for the ${what} that you may use; register one.`, code];
  const other = platforms.find((platform) => platform.name === wanted);
  const choose = `choose ${storages.join(' or ')}`;
  if (!other) return [`There is no storage '${brief(wanted)}'; ${choose}.`];
  if (!stores(other)) return [`'${other.name}' keeps no results; ${choose}.`];
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
