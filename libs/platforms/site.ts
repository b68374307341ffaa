import { readFileSync } from 'node:fs';
import type { JobRef, NodeRef, Payload, Site, Value } from '@kiln/domain';
import { pack } from 'tar-stream';
import { JobOnNode } from './job-on-node.ts';
import type { Machines } from './machines.ts';
import { environment, taskFiles } from './runner/task-files.ts';
import type { Shell } from './shells/shell.ts';

/** Speaks with the machines of `machines` through a shell on each; `setup` are lines of shell that run before each task. */
export function createSite(machines: Machines, shellOn: (node: NodeRef) => Shell, setup: readonly string[] = []): Site {
  const on = (job: JobRef, node: NodeRef) => new JobOnNode(shellOn(node), job, node);
  return {
    ...machines,

    async prepare(job, node, payload) {
      const there = on(job, node);
      const what = 'The payload could not be set up';
      await there.mkdir(['.kiln', 'logs', 'payload'], what);
      await there.unpack('payload', payload.archive(), what);
      await there.unpack('', runnerFiles(payload, { KILN_JOB: job.id, KILN_NODE: node.name }, setup), what);
    },

    async stageIn(job, node, tasks, parameters) {
      const there = on(job, node);
      await there.needPrepared();
      await there.unpack('', taskFiles(tasks, parameters), 'Tasks could not be set up');
    },

    async launch(job, node, { name, script, iteration, tasks, slots }) {
      const input = tasks.map((number) => `${number}\n`).join('');
      await on(job, node).ask(
        ['launch', String(tasks.length), name, script, String(iteration), String(slots)],
        'Tasks could not be started',
        { input },
      );
    },

    look: (job, node, batch, offset) => on(job, node).look(batch, offset),
    follow: (job, node, path, hint) => on(job, node).follow(path, hint),
    read: (job, node, path, offset, length) => on(job, node).read(path, offset, length),

    collect(job, node, tasks) {
      const lines = tasks.map(({ number, iteration }) => `${number} ${iteration}\n`).join('');
      return on(job, node).packed('pack', lines);
    },

    async directory(job, node) {
      if (!shellOn(node).here) return null;
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
      const cleaned = await there.askIfPrepared(['clean'], what, { timeout: 3_600_000 });
      if (cleaned === null) await there.remove(what);
    },
  };
}

const asset = (name: string) => readFileSync(new URL(`./runner/${name}`, import.meta.url));

async function* runnerFiles(payload: Payload, facts: Readonly<Record<string, Value>>, setup: readonly string[]): AsyncIterable<Uint8Array> {
  const archive = pack();
  archive.entry({ name: '.kiln/runner.sh' }, asset('runner.sh'));
  archive.entry({ name: '.kiln/node.sh' }, asset('node.sh'));
  archive.entry({ name: '.kiln/array.sh' }, asset('array.sh'));
  archive.entry({ name: '.kiln/job.env' }, environment({ ...payload.parameters, ...facts }));
  if (payload.copied) archive.entry({ name: '.kiln/copied' }, '');
  if (setup.length > 0) archive.entry({ name: '.kiln/setup.sh' }, `${setup.join('\n')}\n`);
  archive.finalize();
  yield* archive as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
}
