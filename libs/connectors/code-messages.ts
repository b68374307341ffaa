import type { History, IterationOutputs, IterationRecord, MetadataInput, Parameters, Point } from '@kiln/domain';
import { z } from 'zod';

/** What the process of a connector's code is asked for; `module` is the address of the code. */
export type CodeCall = { readonly module: string } & CodeInput;

export type CodeInput =
  | { readonly name: 'sweep'; readonly input: readonly [Parameters, number, IterationRecord | null] }
  | { readonly name: 'transform'; readonly input: Called<IterationOutputs> }
  | { readonly name: 'converged'; readonly input: History }
  | { readonly name: 'metadata'; readonly input: Called<MetadataInput> };

/** Outputs without what can only be asked for. */
type Called<T extends IterationOutputs> = Omit<T, 'tasks'> & {
  readonly tasks: readonly { readonly number: number; readonly values: Point }[];
};

export type CodeReply =
  | { readonly value: unknown }
  /** `trouble`: it is not the connector's fault. */
  | { readonly error: string; readonly trouble: boolean };

export type ToChild = { readonly call: CodeCall } | ({ readonly request: number } & CodeReply);

const request = z.object({
  type: z.literal('request'),
  request: z.number(),
  task: z.number(),
  method: z.enum(['list', 'text', 'bytes']),
  path: z.string(),
});
const fromChild = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('answer'), answer: z.unknown() }),
  /** `trouble`: the error is the one of a request that was said to be none of the connector's fault. */
  z.object({ type: z.literal('error'), error: z.string(), trouble: z.boolean() }),
  request,
]);
export type FromChild = z.infer<typeof fromChild>;
export type CodeRequest = z.infer<typeof request>;

/** A line that the process wrote; null if it is none that Kiln's own part of it writes. */
export function messageOf(line: string): FromChild | null {
  try {
    return fromChild.parse(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}
