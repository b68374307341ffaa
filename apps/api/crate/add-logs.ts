import { addFiles } from './add-files.ts';
import type { Crate } from './crate.ts';
import { RUN, taskId } from './ids.ts';
import { filesBelow, type OutputFile } from './output-files.ts';

/** Adds what the tasks wrote to their standard output and error; each log names the run that it is about. */
export async function addLogs(crate: Crate, outputs: boolean): Promise<void> {
  const [files] = await filesBelow(crate.asker, crate.job.id, ['logs']);
  if (!files) return;
  const runs = new Set(crate.actions.map((action) => action['@id']));
  const logs = await addFiles(crate, files, outputs, (file) => ({ about: { '@id': runOf(file, runs) } }));
  crate.parts.push(await crate.directory('logs', logs, {}, outputs));
}

/** `logs/7.2.out` is of the second attempt at task 7, which may be the present one. */
function runOf({ path }: OutputFile, runs: ReadonlySet<string>): string {
  const [, task, attempt = '1'] = /^logs\/(\d+)(?:\.(\d+))?\.(?:out|err)$/.exec(path) ?? [];
  const ids = task === undefined ? [] : [taskId(Number(task), Number(attempt)), taskId(Number(task))];
  return ids.find((id) => runs.has(id)) ?? RUN['@id'];
}
