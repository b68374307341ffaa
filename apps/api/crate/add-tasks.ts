import { listAttempts } from '@kiln/db/attempts';
import { valuesJson } from '@kiln/domain';
import { addFiles } from './add-files.ts';
import type { Crate } from './crate.ts';
import type { Reference } from './graph.ts';
import { filesBelow } from './output-files.ts';
import { taskPages } from './task-pages.ts';
import { type RunOptions, TaskRun } from './task-run.ts';

export interface TasksOptions extends RunOptions {
  /** Whether what the tasks left is part of the crate. */
  readonly outputs: boolean;
}

export interface AddedTasks {
  /** The actions. */
  readonly runs: readonly Reference[];
  readonly values: readonly Reference[];
  /** `output_N/`, if anything is there. */
  readonly output: Reference | null;
}

/** Adds the tasks of an iteration: what each ran with, what it left, how it ended. */
export async function addTasks(crate: Crate, iteration: number, options: TasksOptions): Promise<AddedTasks> {
  const runs: Reference[] = [];
  const values: Reference[] = [];
  const directories: Reference[] = [];
  for await (const page of taskPages(crate.db, crate.job.id, iteration)) {
    const roots = page.map(({ number }) => `output_${iteration}/${number}`);
    const attempts = await listAttempts(crate.db, page);
    const left = await filesBelow(crate.asker, crate.job.id, roots);
    // All of the page at once: the files of one task may be few and small.
    const added = await addFiles(
      crate,
      left.flatMap((files) => files ?? []),
      options.outputs,
    );
    for (const [at, task] of page.entries()) {
      const path = `values/${task.number}.json`;
      const own = await crate.add({ path, content: valuesJson(crate.parameters, task) });
      values.push(own);
      const files = left[at] ?? null;
      const results = added.splice(0, files?.length ?? 0);
      if (files) directories.push(await crate.directory(`output_${iteration}/${task.number}`, results, {}, options.outputs));
      const described = new TaskRun(crate, task, options, own);
      for (const attempt of attempts[at] ?? []) runs.push(await described.attempt(attempt));
      if (task.startedAt !== null) runs.push(await described.present(results));
    }
  }
  const output = directories.length > 0 ? await crate.directory(`output_${iteration}`, directories, {}, options.outputs) : null;
  return { runs, values, output };
}
