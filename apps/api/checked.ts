import { KnownError } from '@kiln/domain';
import type { z } from 'zod';

/** `value` as the schema gives it. @throws KnownError BAD_INPUT with the schema's sentence. */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new KnownError('BAD_INPUT', result.error.issues[0]?.message ?? 'This value cannot be used.');
}
