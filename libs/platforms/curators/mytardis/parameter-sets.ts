import type { ParameterSet } from '@kiln/domain';
import { z } from 'zod';
import type { Api } from './api.ts';

/** As MyTardis shows them. */
export const setsShape = z
  .array(
    z.object({
      schema: z.object({ namespace: z.string() }),
      parameters: z.array(z.object({ string_value: z.string().nullish(), numerical_value: z.number().nullish() })),
    }),
  )
  .nullish();

/** As MyTardis takes them: what it does not know the name of, it adds to the schema. Names have at most 60 letters there. */
export function asRecords(sets: readonly ParameterSet[]): readonly { schema: string; parameters: readonly object[] }[] {
  return sets.map(({ schema, parameters }) => ({
    schema,
    parameters: Object.entries(parameters).map(([name, value]) => ({ name: name.slice(0, 60), value: String(value) })),
  }));
}

/** Gives a record those of `sets` that are not among the sets that it has, `there`: MyTardis keeps a record before it comes to its sets. */
export async function addSets(
  api: Api,
  owner: 'experiment' | 'dataset',
  id: number,
  sets: readonly ParameterSet[],
  there: z.infer<typeof setsShape>,
): Promise<void> {
  for (const set of sets) {
    if (isThere(set, there)) continue;
    const [record] = asRecords([set]);
    await api.create(`${owner}parameterset`, { ...record, [owner]: `/api/v1/${owner}/${id}/` }, 'adding a parameter set');
  }
}

/**
 * Names of parameters stand in records of their own, so a set is known by its schema and its values: the graph of another connector or the
 * mark of another job has others.
 */
function isThere({ schema, parameters }: ParameterSet, sets: z.infer<typeof setsShape>): boolean {
  const wanted = Object.values(parameters).map(String).sort();
  return (sets ?? []).some((set) => {
    const values = set.parameters.map(textOf).sort();
    return set.schema.namespace === schema && wanted.length === values.length && wanted.every((value, i) => value === values[i]);
  });
}

/** Whatever type its name has. */
function textOf({ string_value: text, numerical_value: number }: { string_value?: unknown; numerical_value?: unknown }): string {
  return text === null || text === undefined || text === '' ? String(number ?? '') : String(text);
}
