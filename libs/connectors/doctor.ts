import { type Connector, checkedSweep, iterates, KnownError, pointAt } from '@kiln/domain';
import { CODE } from './bundle.ts';
import { templateProblems } from './check-templates.ts';
import { type Entry, readFolder } from './folder.ts';
import { inspectScript } from './inspect-script.ts';
import { MAIN, OLDER_MAIN } from './layout.ts';
import { type LoadedConnector, loadFolder } from './load.ts';
import { MANIFEST, readManifest } from './manifest.ts';
import { olderScript } from './older-payload.ts';
import { withCommand } from './payload.ts';
import { MOST_ITERATIONS } from './reliability-parameters.ts';
import { createConnectorCode } from './run-code.ts';
import { firstSweep } from './sweep.ts';
import { isValuesFile } from './values-file.ts';

export interface Finding {
  readonly level: 'error' | 'warning' | 'ok';
  readonly message: string;
}

/** Everything that can be told about the connector in a folder without running it. `cache` as for `loadFolder`. */
export async function checkConnector(path: string, cache: string): Promise<Finding[]> {
  const loaded = await expected(() => loadFolder(path, cache));
  if ('finding' in loaded) return [loaded.finding];
  const { connector, hash } = loaded.value;
  const entries = await readFolder(path);
  const findings: Finding[] = [{ level: 'ok', message: `'${connector.name}' is sound; its version is ${hash.slice(0, 12)}.` }];
  findings.push(...recognised(entries), ...unswept(connector));
  const layout = olderScript(entries) === undefined ? 'newer' : 'older';
  for (const entry of entries.filter(isScript)) findings.push(...(await inspectScript(entry, layout)));
  findings.push(
    ...unusedParameters(connector, complete(entries)),
    ...emptyFolders(entries),
    ...chance(entries),
    await preview(loaded.value),
  );
  if (iterates(connector)) findings.push(iterations(connector));
  return findings;
}

function isScript({ path, content }: Entry): boolean {
  if (!content || path.startsWith('connector.')) return false;
  return path.endsWith('.sh') || /^#!\s*\S*(\/|\benv )(ba|da|k)?sh\b/.test(content.subarray(0, 80).toString());
}

/** With the script that a `command:` becomes. */
function complete(entries: readonly Entry[]): readonly Entry[] {
  const manifest = entries.find(({ path }) => path === MANIFEST)?.content;
  return manifest ? withCommand(entries, readManifest(manifest.toString()).command) : entries;
}

/** What Kiln takes the folder for, where it does not say so itself. */
function recognised(entries: readonly Entry[]): Finding[] {
  const has = (wanted: string) => entries.some(({ path }) => path === wanted);
  const by = olderScript(entries);
  const layout = `It is a payload of Chiminey's older layout, known by ${by}; what its tasks leave in chiminey/ is kept.`;
  const bare = `It has no ${MANIFEST}: it runs on machines and on clouds, and only the names in \`values\` are its parameters.`;
  const lost = 'No script of the payload names chiminey/; only what is written there is kept.';
  const writes = entries.some((entry) => isScript(entry) && /\bchiminey\b/.test(String(entry.content)));
  return [
    ...(by === undefined ? [] : [{ level: 'ok', message: layout } as const]),
    ...(by === undefined || writes ? [] : [{ level: 'warning', message: lost } as const]),
    ...(has(MANIFEST) || has(CODE) ? [] : [{ level: 'ok', message: bare } as const]),
  ];
}

/** Names in templates that the connector alone gives no value. */
function unswept(connector: Connector): Finding[] {
  if (typeof connector.sweep === 'function') return []; // it may need parameters that only a submission has
  return templateProblems(connector, connector.sweep).map(({ message }) => ({ level: 'warning', message }));
}

function unusedParameters(connector: Connector, files: readonly Entry[]): Finding[] {
  const payload = files
    .filter((file) => file.content && !file.path.startsWith('connector.') && !isValuesFile(file))
    .map(({ content }) => String(content));
  if (!files.some(({ path }) => path === MAIN || path === OLDER_MAIN)) return []; // a command in connector.ts, which only the code itself knows
  if (payload.some((text) => text.includes('values.json'))) return []; // it may read any of them from there
  return connector.parameters
    .filter(({ name }) => !payload.some((text) => new RegExp(`\\b${name}\\b`).test(text)))
    .map(({ name }) => ({
      level: 'warning',
      message: `No file of the payload uses the parameter '${name}'; read it as $${name}, or remove it.`,
    }));
}

/** Git keeps no empty folders. */
function emptyFolders(entries: readonly Entry[]): Finding[] {
  return entries
    .filter(({ path, content }) => content === null && !entries.some((other) => other.path.startsWith(`${path}/`)))
    .map(({ path }) => ({
      level: 'warning',
      message: `The folder ${path} is empty; Git will not keep it, so make it in a script instead.`,
    }));
}

/** Code whose step is repeated, after a crash or by hand, must give the same again. */
function chance(entries: readonly Entry[]): Finding[] {
  return entries
    .filter(({ path }) => /\.[cm]?[jt]s$/.test(path) && !path.startsWith('process_payload/'))
    .flatMap(({ path, content }) => {
      const lines = String(content).split('\n');
      const at = lines.findIndex((line) => /\bMath\.random\(|\bDate\.now\(|\bnew Date\(\)/.test(line.replace(/\/\/.*/, '')));
      const advice = 'a step that is repeated then gives something else; derive it from the parameters and the iteration';
      return at === -1
        ? []
        : [{ level: 'warning', message: `${path}: line ${at + 1}: it depends on chance or the time: ${advice}.` } as const];
    });
}

function iterations({ transform, converged, defaults }: Connector): Finding {
  const most = Number(defaults.maximum_iterations ?? MOST_ITERATIONS);
  const inputs = transform ? ' `transform` makes the inputs of each next one.' : '';
  const end = converged ? 'until `converged` says that it is done, and ' : '';
  return { level: 'ok', message: `It iterates ${end}at most ${most} times, unless a submission says otherwise.${inputs}` };
}

/** What the first task will find in its environment. */
async function preview(loaded: LoadedConnector): Promise<Finding> {
  const { connector } = loaded;
  const own = connector.parameters.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value] as const]));
  const parameters = Object.fromEntries(own);
  const code = createConnectorCode({ loaded, signal: new AbortController().signal });
  const point = await expected(async () => pointAt(checkedSweep(await firstSweep(connector, parameters, code), 1), 0));
  if ('finding' in point) return point.finding;
  const values = Object.entries({ ...parameters, ...point.value }).map(([name, value]) => `${name}=${value}`);
  return { level: 'ok', message: `The first task sees ${[...values, 'KILN_TASK=1', 'KILN_ITERATION=0'].join(' ')}.` };
}

async function expected<T>(action: () => Promise<T>): Promise<{ readonly value: T } | { readonly finding: Finding }> {
  try {
    return { value: await action() };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return { finding: { level: 'error', message: error.message } };
  }
}
