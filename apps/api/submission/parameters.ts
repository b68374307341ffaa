import type { Parameters } from '@kiln/domain';
import { z } from 'zod';

const value = z.union([z.string(), z.number(), z.boolean()]);
const LARGEST = 1024 * 1024;

/** Values by parameter name, whatever the connector makes of them. */
export const parametersShape: z.ZodType<Parameters> = z
  .record(z.string(), z.union([value, z.record(z.string(), z.array(value))]), 'Parameters are a map of name → value.')
  .refine((parameters) => JSON.stringify(parameters).length <= LARGEST, 'All parameters together may have 1 MiB at most.');
