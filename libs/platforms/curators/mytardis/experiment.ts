import { KnownError, type ParameterSet, type WantedExperiment } from '@kiln/domain';
import { z } from 'zod';
import type { Api } from './api.ts';
import type { Publisher } from './mytardis.ts';
import { addSets, asRecords, setsShape } from './parameter-sets.ts';

const shape = z.object({ id: z.number(), description: z.string().nullish(), parameter_sets: setsShape });

/** Title of an experiment: as long as a field of MyTardis for it. */
const MOST_TITLE = 400;

/** The number of the experiment that was asked for, of the one that bears the job's tag, or of a new one. */
export async function findExperiment(api: Api, { tag }: Publisher, { id, title, parameterSets }: WantedExperiment): Promise<number> {
  if (id !== null) {
    if (!(await api.find('experiment', id, shape))) throw missing(api, id);
    await addMissing(api, id, parameterSets);
    return id;
  }
  const called = title.slice(0, MOST_TITLE);
  for await (const one of api.list('experiment', { title: called }, shape)) {
    if (!one.description?.includes(`[${tag}]`)) continue;
    await addMissing(api, one.id, parameterSets);
    return one.id;
  }
  const description = `Results of a job that Kiln ran. [${tag}]`;
  const record = { title: called, description, parameter_sets: asRecords(parameterSets) };
  return api.create('experiment', record, `making the experiment ${called}`);
}

/** Adds the parameter sets that the experiment does not have. */
export async function addMissing(api: Api, id: number, sets: readonly ParameterSet[]): Promise<void> {
  if (sets.length === 0) return;
  const found = await api.find('experiment', id, shape);
  if (!found) throw missing(api, id);
  await addSets(api, 'experiment', id, sets, found.parameter_sets);
}

function missing({ address: { url, user } }: Api, id: number): KnownError {
  return new KnownError('NOT_FOUND', `${url} has no experiment ${id} that ${user} may see; give another number, or none for a new one.`);
}
