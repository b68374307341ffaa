import type { Asker } from '@kiln/db/asks';
import type { OutputEntry } from './output.type.ts';
import { fileUrl } from './output-path.ts';

/** The entries of a directory of a job's outputs. */
export async function listOutputs(asker: Asker, jobId: number, names: readonly string[]): Promise<OutputEntry[]> {
  const { answer } = await asker.ask<'list-outputs'>({ kind: 'list-outputs', jobId, path: names.join('/') });
  return answer.map((entry) => ({
    ...entry,
    path: [...names, entry.name].join('/'),
    url: entry.kind === 'file' ? fileUrl(jobId, [...names, entry.name]) : null,
  }));
}
