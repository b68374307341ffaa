import { nodesOfJobs } from '@kiln/db/job-nodes';
import { findPlatform } from '@kiln/db/platforms';
import type { Crate } from './crate.ts';
import { ref } from './graph.ts';
import { nodeId, PLATFORM } from './ids.ts';

/** Says where the job ran: its platform, and the machines of it that it used. */
export async function addPlaces(crate: Crate): Promise<void> {
  const { db, job } = crate;
  const platform = await findPlatform(db, job.platform);
  const kind = platform ? `A platform of the kind ${platform.kind}.` : 'A platform.';
  const description = [kind, platform?.description ?? ''].join(' ').trim();
  await crate.describe({ '@id': PLATFORM['@id'], '@type': 'Place', name: job.platform, description });
  const [nodes = []] = await nodesOfJobs(db, [job.id]);
  for (const { name, address, slots } of nodes) {
    const id = nodeId(name);
    await crate.describe({
      '@id': id,
      '@type': 'Place',
      name,
      address,
      description: `A machine with ${slots} slots.`,
      containedInPlace: ref(PLATFORM['@id']),
    });
  }
}
