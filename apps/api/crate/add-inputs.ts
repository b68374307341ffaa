import type { TaskRow } from '@kiln/db/job-tasks';
import { addFiles } from './add-files.ts';
import type { Crate } from './crate.ts';
import { filesBelow } from './output-files.ts';
import { iterationsOf, taskPages } from './task-pages.ts';

/** Adds the input sets of all iterations. Gives the paths that their files have where they are unpacked for tasks. */
export async function addInputs(crate: Crate): Promise<readonly string[]> {
  const unpacked: string[] = [];
  const first = crate.job.branchOf ? crate.job.branchOf.iteration + 1 : 0;
  for (const iteration of iterationsOf(crate.job)) {
    // The input location is in `input_0`, whichever iteration a branch begins with.
    const sets = await setsOf(crate, iteration === 0 ? first : iteration);
    if (sets.length === 0) continue;
    const directory = `input_${iteration}`;
    const found = await filesBelow(
      crate.asker,
      crate.job.id,
      sets.map((set) => `${directory}/${set}`),
    );
    const files = found.flatMap((below) => below ?? []);
    const added = await addFiles(crate, files, true);
    const parts = [];
    for (const [at, set] of sets.entries()) {
      const below = found[at];
      if (below) parts.push(await crate.directory(`${directory}/${set}`, added.splice(0, below.length)));
    }
    if (parts.length === 0) continue;
    crate.ownInputs.add(iteration);
    for (const { path } of files) unpacked.push(`.kiln/inputs/${iteration}/${path.slice(directory.length + 1)}`);
    crate.parts.push(await crate.directory(directory, parts));
  }
  return unpacked;
}

async function setsOf({ db, job }: Crate, iteration: number): Promise<readonly string[]> {
  const sets = new Set<string>();
  const take = ({ input }: TaskRow) => input === null || sets.add(input);
  for await (const page of taskPages(db, job.id, iteration)) page.forEach(take);
  return [...sets];
}
