import type { ParameterSet } from '@kiln/domain';
import { z } from 'zod';

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
