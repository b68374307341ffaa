import {
  environment,
  type JobRef,
  logPath,
  type NodeRef,
  outputPath,
  type Payload,
  type Site,
  type TaskInput,
  type Value,
} from '@kiln/domain';
import { pack } from 'tar-stream';
import { leftOutlet } from './direct/left.ts';
import { JobOnNode, LONG } from './job-on-node.ts';
import type { Machines } from './machines.ts';
import { asset } from './runner/asset.ts';
import { limitOf } from './runner/limit.ts';
import type { Shell } from './shells/shell.ts';
import { bring, bringInlet, stageIn } from './stage-in.ts';

/** Speaks with the machines of `machines` through a shell on each; `setup` are lines of shell that run before each task. */
export function createSite(machines: Machines, shellOn: (node: NodeRef) => Shell, setup: readonly string[] = []): Site {
  const on = (job: JobRef, node: NodeRef) => new JobOnNode(shellOn(node), job, node);
  return {
    ...machines,

    async prepare(job, node, payload) {
      const there = on(job, node);
      const what = 'The payload could not be set up';
      await there.prepare(asset('node.sh'), payload.round, await payload.size(), what);
      await there.unpack('payload', payload.archive(), what);
      await there.unpack('', runnerFiles(payload, { KILN_JOB: job.id, KILN_NODE: node.name }, setup), what);
    },

    bring: (job, node, iteration, archive, size) => bring(on(job, node), iteration, archive, size),
    stageIn: (job, node, tasks, parameters, wave) => stageIn(on(job, node), tasks, parameters, wave),

    async launch(job, node, batch) {
      const { name, script, iteration, tasks, slots } = batch;
      const input = tasks.map((number) => `${number}\n`).join('');
      const command = ['launch', String(tasks.length), name, script, String(iteration), String(slots), limitOf(batch)];
      await on(job, node).ask(command, 'Tasks could not be started', { input });
    },

    look: (job, node, batch, offset) => on(job, node).look(batch, offset),
    follow: (job, node, path, hint) => on(job, node).follow(path, hint),
    read: (job, node, path, offset, length) => on(job, node).read(path, offset, length),
    files: (job, node, directory) => on(job, node).files(directory),

    size: (job, node, tasks, logsOnly) => on(job, node).size(pathsOf(tasks, logsOnly)),
    collect: (job, node, tasks, logsOnly) => on(job, node).packed('pack', pathsOf(tasks, logsOnly)),

    outlet: (job, node, tasks, logsOnly) => leftOutlet(on(job, node), pathsOf(tasks, logsOnly)),
    inlet: (job, node, iteration, size) => bringInlet(on(job, node), iteration, size),

    async directory(job, node, machine) {
      if (shellOn(node).machine !== machine) return null;
      const there = on(job, node);
      await there.needPrepared();
      return there.directory;
    },

    async stop(job, node) {
      await on(job, node).stop(asset('node.sh'));
    },

    async clean(job, node) {
      const there = on(job, node);
      const what = 'What the job left could not be removed';
      const cleaned = await there.askIfPrepared(['clean'], what, { timeout: LONG });
      if (cleaned === null) await there.remove(what);
    },
  };
}

/** Of what tasks leave, one a line. */
function pathsOf(tasks: readonly TaskInput[], logsOnly: boolean): string {
  const paths = tasks.flatMap((task) => (logsOnly ? logsOf(task) : [outputPath(task), ...logsOf(task)]));
  return paths.map((path) => `${path}\n`).join('');
}

const logsOf = ({ number, attempt }: TaskInput) => [logPath(number, attempt, 'stdout'), logPath(number, attempt, 'stderr')];

async function* runnerFiles(payload: Payload, facts: Readonly<Record<string, Value>>, setup: readonly string[]): AsyncIterable<Uint8Array> {
  const archive = pack();
  archive.entry({ name: '.kiln/runner.sh' }, asset('runner.sh'));
  archive.entry({ name: '.kiln/node.sh' }, asset('node.sh'));
  archive.entry({ name: '.kiln/inputs.sh' }, asset('inputs.sh'));
  archive.entry({ name: '.kiln/array.sh' }, asset('array.sh'));
  archive.entry({ name: '.kiln/job.env' }, environment({ ...payload.parameters, ...facts }));
  if (payload.copied) archive.entry({ name: '.kiln/copied' }, '');
  if (setup.length > 0) archive.entry({ name: '.kiln/setup.sh' }, `${setup.join('\n')}\n`);
  archive.finalize();
  yield* archive as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
}
