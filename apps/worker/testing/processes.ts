import { readdir, readFile } from 'node:fs/promises';

/** Ids of the live processes that carry the mark of a job directory. */
export async function processesOf(jobDirectory: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const marked = await Promise.all(ids.map((id) => readFile(`/proc/${id}/environ`, 'utf8').catch(() => ''))); // '' : it has just ended
  return ids.filter((_, i) => marked[i]?.split('\0').includes(`KILN_JOB_DIRECTORY=${jobDirectory}`));
}
