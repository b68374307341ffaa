import type { Crate, Facts } from './crate.ts';
import type { Reference } from './graph.ts';
import { contents, type OutputFile } from './output-files.ts';

/** Adds files of a job's outputs, or says of each that it was left out. */
export async function addFiles(
  crate: Crate,
  files: readonly OutputFile[],
  whole: boolean,
  factsOf: (file: OutputFile) => Facts = () => ({}),
): Promise<Reference[]> {
  const added: Reference[] = [];
  if (!whole) {
    for (const file of files) added.push(await crate.leaveOut(file, factsOf(file)));
    return added;
  }
  for await (const { file, content } of contents(crate.asker, crate.job.id, files)) {
    added.push(await crate.add({ ...file, content, facts: factsOf(file) }));
  }
  return added;
}
