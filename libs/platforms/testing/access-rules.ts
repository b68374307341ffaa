import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const rulesShape = z.array(z.strictObject({ service: z.string(), method: z.string(), path: z.string() }));

/** Those that the documents give for an application credential of OpenStack. */
export async function accessRules(): Promise<z.infer<typeof rulesShape>> {
  const text = await readFile(new URL('../../../docs/openstack.md', import.meta.url), 'utf8');
  return rulesShape.parse(JSON.parse(/```json\n(\[.*?\])\n```/s.exec(text)?.[1] ?? ''));
}
