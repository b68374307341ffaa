import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

interface Described {
  readonly '@id': string;
  readonly '@type': string | readonly string[];
  readonly [property: string]: unknown;
}

/**
 * Reads an unpacked crate and expects of it what RO-Crate 1.3 and the profiles Process, Workflow and Provenance Run Crate 0.6 say must
 * be, and that each checksum is that of its file. Gives what is described, by `@id`.
 */
export async function checkCrate(directory: string): Promise<ReadonlyMap<string, Described>> {
  const document: { '@context': unknown; '@graph': Described[] } = JSON.parse(
    await readFile(join(directory, 'ro-crate-metadata.json'), 'utf8'),
  );
  expect(document['@context']).toEqual(['https://w3id.org/ro/crate/1.3/context', 'https://w3id.org/ro/terms/workflow-run/context']);
  const graph = document['@graph'];
  const entities = new Map(graph.map((entity) => [entity['@id'], entity]));
  expect(entities.size, 'entities have different @ids').toBe(graph.length);
  checkReferences(graph, entities);
  checkRoot(entities);
  await checkData(directory, graph, entities);
  checkRuns(graph, entities);
  return entities;
}

/** It is flat, and what is referred to is described; but for the words of others. */
function checkReferences(graph: readonly Described[], entities: ReadonlyMap<string, Described>): void {
  const missing = new Set<string>();
  for (const entity of graph) {
    for (const value of Object.values(entity).flat()) {
      if (typeof value !== 'object' || value === null) continue;
      expect(Object.keys(value), entity['@id']).toEqual(['@id']);
      const id = String(Object.values(value)[0]);
      if (!entities.has(id) && !/^http:\/\/schema\.org\/|^https:\/\/w3id\.org\/ro\/crate\//.test(id)) missing.add(id);
    }
  }
  expect([...missing]).toEqual([]);
}

function checkRoot(entities: ReadonlyMap<string, Described>): void {
  expect(entities.get('ro-crate-metadata.json')).toMatchObject({
    ...{ '@type': 'CreativeWork', about: { '@id': './' }, conformsTo: { '@id': 'https://w3id.org/ro/crate/1.3' } },
  });
  const root = entities.get('./');
  expect(root).toMatchObject({ '@type': 'Dataset', name: expect.any(String), description: expect.any(String), license: expect.anything() });
  expect(new Date(String(root?.['datePublished'])).toISOString()).toBe(root?.['datePublished']);
  const profiles = references(root, 'conformsTo');
  expect(profiles).toEqual(
    expect.arrayContaining(['process', 'workflow', 'provenance'].map((name) => `https://w3id.org/ro/wfrun/${name}/0.6`)),
  );
  for (const profile of profiles) expect(typesOf(entities.get(profile))).toEqual(expect.arrayContaining(['CreativeWork', 'Profile']));
}

/** Every file is described and every description has its file, with its size and checksum; all hang together by `hasPart`. */
async function checkData(directory: string, graph: readonly Described[], entities: ReadonlyMap<string, Described>): Promise<void> {
  const reached = new Set<string>();
  const visit = (id: string) => {
    if (reached.has(id)) return;
    reached.add(id);
    references(entities.get(id), 'hasPart').forEach(visit);
  };
  visit('./');
  const described: string[] = [];
  for (const entity of graph) {
    const types = typesOf(entity);
    if (!types.includes('File') && !types.includes('Dataset')) continue;
    const id = entity['@id'];
    expect(reached.has(id), `${id} is part of the crate`).toBe(true);
    if (id.startsWith('#')) {
      expect(entity).toMatchObject({ localPath: expect.any(String) });
      expect(entity).not.toHaveProperty('sha256');
      continue;
    }
    const path = id.split('/').map(decodeURIComponent).join('/');
    if (types.includes('Dataset')) {
      expect((await stat(join(directory, path))).isDirectory(), id).toBe(true);
      continue;
    }
    const bytes = await readFile(join(directory, path));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect({ contentSize: entity['contentSize'], sha256: entity['sha256'] }, id).toEqual({ contentSize: String(bytes.length), sha256 });
    described.push(path);
  }
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
  expect(files.filter((path) => path !== 'ro-crate-metadata.json').sort()).toEqual(described.sort());
}

function checkRuns(graph: readonly Described[], entities: ReadonlyMap<string, Described>): void {
  const of = (type: string) => graph.filter((entity) => typesOf(entity).includes(type));
  const typed = (id: string | undefined) => typesOf(entities.get(id ?? ''));
  const [main = ''] = references(entities.get('./'), 'mainEntity');
  const workflow = entities.get(main);
  expect(typesOf(workflow)).toEqual(expect.arrayContaining(['File', 'SoftwareSourceCode', 'ComputationalWorkflow', 'HowTo']));
  expect(references(workflow, 'programmingLanguage')).toHaveLength(1);
  const tools = references(workflow, 'hasPart');
  expect(tools.length).toBeGreaterThan(0);
  for (const step of of('HowToStep')) expect(tools).toEqual(expect.arrayContaining([...references(step, 'workExample')]));
  for (const one of [...of('SoftwareApplication'), ...of('ComputerLanguage')]) {
    expect(one).toMatchObject({ name: expect.any(String), url: expect.any(String), version: expect.any(String) });
  }
  const mentioned = new Set(references(entities.get('./'), 'mentions'));
  for (const action of [...of('CreateAction'), ...of('ControlAction'), ...of('OrganizeAction')]) expect(mentioned).toContain(action['@id']);
  for (const action of of('CreateAction')) {
    expect([main, ...tools]).toContain(references(action, 'instrument')[0]);
    const failed = references(action, 'actionStatus')[0] === 'http://schema.org/FailedActionStatus';
    expect(failed || action['error'] === undefined).toBe(true);
  }
  expect(of('CreateAction').filter((action) => references(action, 'instrument')[0] === main)).toHaveLength(1);
  for (const action of of('ControlAction')) {
    expect(typed(references(action, 'instrument')[0])).toContain('HowToStep');
    for (const run of references(action, 'object')) expect(typed(run)).toContain('CreateAction');
  }
  for (const action of of('OrganizeAction')) {
    expect(typed(references(action, 'instrument')[0])).toContain('SoftwareApplication');
    expect(typed(references(action, 'result')[0])).toContain('CreateAction');
    for (const step of references(action, 'object')) expect(typed(step)).toContain('ControlAction');
  }
}

function typesOf(entity: Described | undefined): readonly string[] {
  return [entity?.['@type'] ?? []].flat();
}

export function references(entity: Described | undefined, property: string): readonly string[] {
  return [entity?.[property] ?? []]
    .flat()
    .flatMap((value) => (typeof value === 'object' && value && '@id' in value ? [String(value['@id'])] : []));
}
