import type { Metadata } from '@kiln/domain';
import { z } from 'zod';

const value = z.union([z.string(), z.number(), z.boolean()]);
const names = z.array(z.string());
const described = {
  parameterSets: z.array(z.strictObject({ schema: z.url(), parameters: z.record(z.string(), value) })).exactOptional(),
  graphs: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        axes: names,
        legends: names,
        precision: z.array(z.int().min(0)).exactOptional(),
        type: z.string().exactOptional(),
        values: z.record(z.string(), z.array(z.number())),
        lines: z.array(names),
      }),
    )
    .exactOptional(),
};
const shape = z.strictObject({
  experiment: z.strictObject(described).exactOptional(),
  tasks: z.record(z.string(), z.strictObject({ ...described, skip: z.boolean().exactOptional() })).exactOptional(),
});

/** What `metadata` gave, if it is what its type says, for these tasks. @throws Error with a sentence that says what is wrong */
export function checkedMetadata(result: unknown, tasks: ReadonlySet<number>): Metadata {
  const { success, data, error } = shape.safeParse(result);
  const [issue] = error?.issues ?? [];
  if (!success) throw new Error(`${issue?.path.map(String).join('.') || 'what it returns'}: ${issue?.message}`);
  const stray = Object.keys(data.tasks ?? {}).find((number) => !tasks.has(Number(number)));
  if (stray !== undefined) throw new Error(`tasks: ${stray} is the number of none of the tasks that it was asked for`);
  return data;
}
