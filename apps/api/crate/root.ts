import { jobDirectory } from '@kiln/domain';
import type { Crate } from './crate.ts';
import { type Entity, type Reference, ref } from './graph.ts';
import { AGENT } from './ids.ts';

/** Of RO-Crate 1.3, on which version 0.6 of the profiles is built. Programs that read crates know them; Kiln never fetches them. */
export const CONTEXT = ['https://w3id.org/ro/crate/1.3/context', 'https://w3id.org/ro/terms/workflow-run/context'];

const PROFILES = [
  { id: 'https://w3id.org/ro/wfrun/process/0.6', name: 'Process Run Crate', version: '0.6' },
  { id: 'https://w3id.org/ro/wfrun/workflow/0.6', name: 'Workflow Run Crate', version: '0.6' },
  { id: 'https://w3id.org/ro/wfrun/provenance/0.6', name: 'Provenance Run Crate', version: '0.6' },
  { id: 'https://w3id.org/workflowhub/workflow-ro-crate/1.1', name: 'Workflow RO-Crate', version: '1.1' },
];

/** What a crate says of itself as a whole. */
export async function addRoot(crate: Crate, workflow: Reference, license: License): Promise<void> {
  const { job, owner } = crate;
  await crate.describe(
    {
      ...{ '@id': 'ro-crate-metadata.json', '@type': 'CreativeWork', about: ref('./') },
      conformsTo: ref('https://w3id.org/ro/crate/1.3'),
    },
    {
      ...{ '@id': './', '@type': 'Dataset', name: jobDirectory(job) },
      description: `A run of the connector ${job.connector} on ${job.platform} by ${owner.name}, with what it ran, what it ran with and what came of it.`,
      ...{ datePublished: new Date().toISOString(), author: AGENT, creator: AGENT, license: license.value },
      conformsTo: PROFILES.map(({ id }) => ref(id)),
      ...{ mainEntity: workflow, hasPart: crate.parts, mentions: crate.actions },
    },
    ...PROFILES.map(({ id, name, version }): Entity => ({ '@id': id, '@type': ['CreativeWork', 'Profile'], name, version })),
    { '@id': AGENT['@id'], '@type': 'Person', name: owner.name },
    ...license.entities,
  );
}

export interface License {
  readonly value: Reference;
  readonly entities: readonly Entity[];
}
