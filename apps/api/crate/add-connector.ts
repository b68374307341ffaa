import { entriesOf } from '@kiln/connectors/archive';
import type { Entry } from '@kiln/connectors/folder';
import { payloadFacts } from '@kiln/connectors/payload';
import { readArchive } from '@kiln/db/catalog';
import { KnownError, type PayloadFacts } from '@kiln/domain';
import type { Crate } from './crate.ts';
import { type Entity, type Reference, ref } from './graph.ts';
import { AGENT, STEP } from './ids.ts';
import { LANGUAGES, SHELL } from './languages.ts';
import { idOfPath } from './names.ts';
import type { Slots } from './slots.ts';

const FOLDER = 'connector';
const TOOL = `${FOLDER}/process_payload/main.sh`;

/** A connector's folder as it was when the job was submitted, with what Kiln added to it then. */
export interface KeptConnector {
  readonly entries: readonly Entry[];
  readonly facts: PayloadFacts;
  /** Of `connector.yaml` or `connector.ts`. */
  readonly workflow: Reference;
  /** Of what each task runs. */
  readonly tool: Reference;
}

/** @throws KnownError CONNECTOR_BROKEN if it is not kept any more */
export async function keptConnector({ db, job }: Pick<Crate, 'db' | 'job'>): Promise<KeptConnector> {
  const archive = await readArchive(db, job.version);
  if (!archive)
    throw new KnownError('CONNECTOR_BROKEN', `The version ${job.version.slice(0, 12)} of ${job.connector} is not kept any more.`);
  const entries = await entriesOf(archive);
  const definition = entries.find(({ path }) => /^connector\.(yaml|ts)$/.test(path))?.path ?? 'connector.yaml';
  return { entries, facts: payloadFacts(entries), workflow: ref(idOfPath(`${FOLDER}/${definition}`)), tool: ref(idOfPath(TOOL)) };
}

/** Adds the folder; by now all slots are known. */
export async function addConnector(crate: Crate, connector: KeptConnector, slots: Slots): Promise<void> {
  const { job } = crate;
  const version = { version: job.version, identifier: `sha256:${job.version}` };
  const files: Reference[] = [];
  for (const { path, content, executable } of connector.entries) {
    if (!content) continue;
    const at = `${FOLDER}/${path}`;
    const id = idOfPath(at);
    const about = id === connector.workflow['@id'] ? workflow(crate, connector, slots) : id === connector.tool['@id'] ? tool(crate) : null;
    files.push(await crate.add({ path: at, content: one(content), executable, facts: about ? { ...about, ...version } : {} }));
  }
  const description = `The connector ${job.connector} as the job ran it. Its version is a SHA-256 over the paths, modes and contents of its files.`;
  crate.parts.push(await crate.directory(FOLDER, files, { description, ...version }));
  await crate.describe(
    { '@id': STEP['@id'], '@type': 'HowToStep', name: 'A task', position: '0', workExample: connector.tool },
    ...new Set([languageOf(connector), SHELL]),
  );
}

function workflow({ job }: Crate, connector: KeptConnector, { input, output }: Slots) {
  return {
    '@type': ['File', 'SoftwareSourceCode', 'ComputationalWorkflow', 'HowTo'],
    name: job.connector,
    description: 'Says which parameters there are and what is swept; Kiln runs main.sh for each point.',
    creator: AGENT,
    programmingLanguage: ref(languageOf(connector)['@id']),
    hasPart: [connector.tool],
    step: [STEP],
    ...(input.length > 0 ? { input } : {}),
    ...(output.length > 0 ? { output } : {}),
  };
}

function tool({ job }: Crate) {
  return {
    '@type': ['File', 'SoftwareSourceCode'],
    name: `${job.connector}: main.sh`,
    description: 'Runs for each task, with the input directory for its first argument and the output directory for its second.',
    programmingLanguage: ref(SHELL['@id']),
  };
}

function languageOf({ workflow }: KeptConnector): Entity {
  return workflow['@id'].endsWith('.ts') ? LANGUAGES.typescript : LANGUAGES.yaml;
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
