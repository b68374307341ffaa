import type { Curator, ParameterSet } from '@kiln/domain';
import { z } from 'zod';
import { Api, type ApiOptions } from './api.ts';
import { sendDataset } from './dataset.ts';
import { addMissing, findExperiment } from './experiment.ts';

/** Whose results are published. */
export interface Publisher {
  /** Marks what is made for the job, and is no other's: `kiln:INSTALLATION:JOB`. */
  readonly tag: string;
  /** Names datasets in experiments that are not the job's own. */
  readonly label: string;
}

/** Publishes the results of one job in a MyTardis. */
export function myTardis(options: ApiOptions, publisher: Publisher): Curator {
  const api = new Api(options);
  let namespaces: Promise<ReadonlySet<string>> | null = null;

  /** What MyTardis knows the schemas of, and the schemas that it does not know: it would refuse everything that comes with them. */
  async function known(sets: readonly ParameterSet[]): Promise<{ sets: readonly ParameterSet[]; unknown: readonly string[] }> {
    if (sets.length === 0) return { sets, unknown: [] };
    namespaces ??= schemasOf(api);
    const names = await namespaces;
    const unknown = sets.map(({ schema }) => schema).filter((schema) => !names.has(schema));
    return { sets: sets.filter(({ schema }) => names.has(schema)), unknown: [...new Set(unknown)] };
  }

  return {
    async experiment(wanted) {
      const { sets, unknown } = await known(wanted.parameterSets);
      const id = await findExperiment(api, publisher, { ...wanted, parameterSets: sets });
      return { id, url: `${api.address.url}/experiment/view/${id}/`, unknown };
    },
    async describe(experiment, all) {
      const { sets, unknown } = await known(all);
      await addMissing(api, experiment, sets);
      return unknown;
    },
    async dataset(experiment, dataset) {
      const { sets, unknown } = await known(dataset.parameterSets);
      return { ...(await sendDataset(api, publisher, experiment, { ...dataset, parameterSets: sets })), unknown };
    },
  };
}

async function schemasOf(api: Api): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  // Older ones have no filter for it.
  for await (const { namespace } of api.list('schema', {}, z.object({ namespace: z.string() }))) found.add(namespace);
  return found;
}
