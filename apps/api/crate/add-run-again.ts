import { environment, quote, valuesLine } from '@kiln/domain';
import type { KeptConnector } from './add-connector.ts';
import type { Crate, CrateFile } from './crate.ts';
import type { Reference } from './graph.ts';
import { archivePath } from './names.ts';
import { readme } from './readme.ts';
import { iterationsOf, taskPages } from './task-pages.ts';

/** Adds what runs the tasks again without Kiln: `run.sh`, the scripts that Kiln itself brings to machines, and their files. */
export async function addRunAgain(crate: Crate, { entries, facts }: KeptConnector, inputs: readonly string[]): Promise<void> {
  const { answer: scripts } = await crate.asker.ask<'run-scripts'>({ kind: 'run-scripts' });
  const parts: Reference[] = [];
  const add = async (path: string, content: CrateFile['content']) => parts.push(await crate.add({ path: `kiln/${path}`, content }));
  const top = async (path: string, content: string, more: Partial<CrateFile>) =>
    crate.parts.push(await crate.add({ path, content, ...more }));

  await top('README.md', readme(crate), { facts: { about: { '@id': './' } } });
  await top('run.sh', scripts['run.sh'], { executable: true, facts: { description: 'Runs the tasks again, without Kiln.' } });
  await add('runner.sh', scripts['runner.sh']);
  await add('node.sh', scripts['node.sh']);
  await add('job.env', environment({ ...crate.parameters, KILN_JOB: crate.job.id }));
  const payload = entries.flatMap(({ path, content }) => (content ? [`payload/${path}`] : []));
  await add('names.sh', [...payload, ...inputs].map(restoring).join(''));
  if (facts.copied) await add('copied', '');
  await add('tasks', listed(crate));
  const values: Reference[] = [];
  for (const iteration of iterationsOf(crate.job)) {
    values.push(await crate.add({ path: `kiln/values/${iteration}-tasks`, content: exported(crate, iteration) }));
  }
  parts.push(await crate.directory('kiln/values', values));
  const description =
    'What run.sh needs: the scripts by which Kiln runs tasks, the environment of the job and of each task, the list of tasks.';
  crate.parts.push(await crate.directory('kiln', parts, { description }));
}

/** A line of `names.sh`, which gives a file the name back that the archive could not have. */
function restoring(path: string): string {
  const written = archivePath(path);
  return written === path ? '' : `restore ${quote(written)} ${quote(path)}\n`;
}

/** A line for each task: its iteration, its number, its input set. */
async function* listed({ db, job }: Crate): AsyncGenerator<Uint8Array> {
  for (const iteration of iterationsOf(job)) {
    for await (const page of taskPages(db, job.id, iteration)) {
      const lines = page.map(({ number, input }) => `${[iteration, number, ...(input === null ? [] : [archivePath(input)])].join(' ')}\n`);
      yield Buffer.from(lines.join(''));
    }
  }
}

/** The environment of each task, as `runner.sh` reads it. */
async function* exported({ db, job }: Crate, iteration: number): AsyncGenerator<Uint8Array> {
  for await (const page of taskPages(db, job.id, iteration)) {
    yield Buffer.from(page.map((task) => valuesLine({ ...task, attempt: 1 })).join(''));
  }
}
