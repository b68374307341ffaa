import type { Attached, Json } from './parse.ts';
import { type DataFile, type Dataset, type Experiment, matches, md5Of, type Records, Refusal, type StoredSet } from './records.ts';

/** What a user may do, by Django's names. */
export interface Permissions {
  readonly add_experiment: boolean;
  readonly change_experiment: boolean;
  readonly change_dataset: boolean;
  readonly add_datafile: boolean;
  readonly delete_experiment: boolean;
}

export interface Caller {
  readonly name: string;
  readonly may: Permissions;
}

/** The filters that the resources of MyTardis let through: https://github.com/mytardis/mytardis, tardis/tardis_portal/api.py */
export const FILTERS: Readonly<Record<string, readonly string[]>> = {
  experiment: ['id', 'title'],
  dataset: ['id', 'experiments__id', 'description', 'directory'],
  dataset_file: ['dataset__id', 'directory', 'directory__startswith', 'filename'],
  schema: [],
  user: ['username', 'email__iexact'],
};

export function makeExperiment(records: Records, caller: Caller, given: Json): Experiment {
  if (typeof given['title'] !== 'string')
    throw new Refusal(400, "The 'title' field has no data and doesn't allow a default or null value.");
  if (!caller.may.add_experiment) throw new Refusal(401, '');
  if (given['title'].length > 400) throw new Refusal(500, 'DataError: value too long for type character varying(400)');
  const sets: StoredSet[] = [];
  const description = String(given['description'] ?? '');
  const made = { id: records.experiments.length + 1, title: given['title'], description, owner: caller.name, sets };
  records.experiments.push(made); // Tastypie has saved it before it comes to the sets
  for (const set of listOf(given['parameter_sets'])) sets.push(setOf(records, set));
  return made;
}

export function makeDataset(records: Records, caller: Caller, given: Json): Dataset {
  const uris = listOf(given['experiments']).map(String);
  if (!caller.may.change_dataset || uris.length === 0) throw new Refusal(401, '');
  const experiments = uris.map((uri) => writable(records, caller, uri).id);
  const sets: StoredSet[] = [];
  const made = { id: records.datasets.length + 1, description: String(given['description'] ?? ''), experiments, sets };
  records.datasets.push(made);
  for (const set of listOf(given['parameter_sets'])) sets.push(setOf(records, set));
  return made;
}

export function addSet(records: Records, caller: Caller, given: Json): void {
  if (!caller.may.change_experiment) throw new Refusal(401, '');
  const experiment = writable(records, caller, String(given['experiment']));
  experiment.sets.push(setOf(records, given));
}

export function addSetToDataset(records: Records, caller: Caller, given: Json): void {
  const dataset = records.datasets.find(({ id }) => given['dataset'] === `/api/v1/dataset/${id}/`);
  if (!dataset || !caller.may.change_dataset) throw new Refusal(401, '');
  for (const id of dataset.experiments) writable(records, caller, `/api/v1/experiment/${id}/`);
  dataset.sets.push(setOf(records, given));
}

export function makeFile(records: Records, caller: Caller, { record, filename, content }: Attached): DataFile {
  const dataset = records.datasets.find(({ id }) => record['dataset'] === `/api/v1/dataset/${id}/`);
  if (!dataset) throw new Refusal(404, 'Sorry, this request could not be processed. Please try again later.');
  if (!caller.may.change_dataset || !caller.may.add_datafile) throw new Refusal(401, '');
  for (const id of dataset.experiments) writable(records, caller, `/api/v1/experiment/${id}/`);
  if (typeof record['filename'] !== 'string')
    throw new Refusal(400, "The 'filename' field has no data and doesn't allow a default or null value.");
  if (content === null || filename === null)
    throw new Refusal(501, 'Without an attached file the server tells a staging path; Kiln sends files.');
  if (record['size'] === undefined) throw new Refusal(500, 'Exception: Every Datafile requires a file size');
  const md5sum = String(record['md5sum'] ?? md5Of(content));
  const directory = String(record['directory'] ?? '');
  const twin = records.files.find(
    (one) => one.dataset === dataset.id && one.directory === directory && one.filename === record['filename'],
  );
  if (twin) throw new Refusal(409, '');
  const mimetype = String(record['mimetype'] ?? '');
  const made = { id: records.files.length + 1, dataset: dataset.id, directory, filename: record['filename'], md5sum, mimetype };
  const file = { ...made, size: String(record['size']), content: Buffer.from(content), looks: 0 };
  records.files.push(file);
  return file;
}

/** As they are shown. `verifiedAfter` looks, the background task has been there. */
export function show(records: Records, resource: string, verifiedAfter: number): readonly Json[] {
  if (resource === 'experiment')
    return records.experiments.map((one) => ({ ...one, sets: undefined, parameter_sets: shownSets(one.sets) }));
  if (resource === 'dataset') {
    return records.datasets.map(({ id, description, sets }) => ({ id, description, parameter_sets: shownSets(sets) }));
  }
  if (resource === 'schema') return [...records.schemas.keys()].map((namespace, i) => ({ id: i + 1, namespace }));
  return records.files.map(({ content: _content, looks, ...file }, i) => {
    const verified = looks >= verifiedAfter && matches(records.files[i] as DataFile); // of the same list
    return { ...file, dataset: `/api/v1/dataset/${file.dataset}/`, sha512sum: '', replicas: [{ verified }] };
  });
}

function shownSets(sets: readonly StoredSet[]): readonly Json[] {
  return sets.map(({ schema, parameters }) => ({
    schema: { namespace: schema },
    parameters: Object.values(parameters).map((value) => ({
      name: '/api/v1/parametername/1/',
      string_value: value,
      numerical_value: null,
    })),
  }));
}

function writable(records: Records, caller: Caller, uri: string): Experiment {
  const experiment = records.experiments.find(({ id }) => uri === `/api/v1/experiment/${id}/`);
  if (!experiment || experiment.owner !== caller.name) throw new Refusal(401, '');
  return experiment;
}

/** A schema must be known; names of parameters that are not known are added to it. */
function setOf(records: Records, given: unknown): StoredSet {
  const { schema, parameters } = given as Json; // whatever it is, what is wrong with it is found below
  const names = records.schemas.get(String(schema));
  if (!names) throw new Refusal(404, 'Schema matching query does not exist.');
  const all = listOf(parameters).map((one): [string, string] => {
    const { name, value } = one as Json;
    if (typeof name !== 'string' || typeof value !== 'string')
      throw new Refusal(400, 'A parameter has a name and a value, both of them text.');
    if (name.length > 60) throw new Refusal(500, 'DataError: value too long for type character varying(60)');
    if (!names.includes(name)) names.push(name);
    return [name, value];
  });
  return { schema: String(schema), parameters: Object.fromEntries(all) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
