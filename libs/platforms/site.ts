import { readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import {
  type Batch,
  type JobRef,
  jobDirectory,
  journalPath,
  KnownError,
  type Look,
  type NodeRef,
  type Payload,
  type Site,
  type TaskInput,
} from '@kiln/domain';
import { pack } from 'tar-stream';
import type { Machines } from './machines.ts';
import { parseJournal } from './runner/journal.ts';
import { environment, taskFiles } from './runner/task-files.ts';
import type { RunOptions, Shell } from './shells/shell.ts';
import { toKnownError } from './trouble.ts';

/** The most of a journal that one look reads: some ten thousand tasks. */
const LOOK_BYTES = 1024 * 1024;

/** Speaks with the machines of `machines` through a shell on each. */
export function createSite(machines: Machines, shellOn: (node: NodeRef) => Shell): Site {
  const directory = (job: JobRef, node: NodeRef) => join(node.root, jobDirectory(job));

  async function unpack(node: NodeRef, to: string, archive: AsyncIterable<Uint8Array>, what: string): Promise<void> {
    await must(shellOn(node), ['tar', '-xf', '-', '-C', to], what, { input: archive, timeout: 3_600_000 });
  }

  /** Runs a command of the job's `node.sh`. */
  function ask(job: JobRef, node: NodeRef, command: readonly string[], what: string, options?: RunOptions): Promise<string> {
    const dir = directory(job, node);
    return must(shellOn(node), ['sh', join(dir, '.kiln/node.sh'), dir, ...command], what, options);
  }

  return {
    ...machines,

    async prepare(job, node, payload) {
      const dir = directory(job, node);
      const what = `The payload could not be brought to ${node.name}`;
      await must(shellOn(node), ['mkdir', '-p', `${dir}/.kiln`, `${dir}/logs`, `${dir}/payload`], what);
      await unpack(node, join(dir, 'payload'), payload.archive(), what);
      await unpack(node, dir, runnerFiles(payload), what);
    },

    stageIn: (job, node, tasks, parameters) =>
      unpack(node, directory(job, node), taskFiles(tasks, parameters), `Tasks could not be set up on ${node.name}`),

    async launch(job, node, { name, script, iteration, tasks, slots }: Batch) {
      const what = `Tasks could not be started on ${node.name}`;
      await ask(job, node, ['launch', name, script, String(iteration), String(slots)], what, { input: lines(tasks) });
    },

    async look(job, node, batch, offset): Promise<Look> {
      const bytes = await shellOn(node).read(join(directory(job, node), journalPath(batch)), offset, LOOK_BYTES);
      const { entries, length, ended } = parseJournal(bytes);
      if (length > 0) return { entries, offset: offset + length, runner: ended ? 'ended' : 'running' };
      const runner = await ask(job, node, ['runner', batch], `The runner on ${node.name} could not be asked`);
      return { entries, offset, runner: runnerState(runner.trim()) };
    },

    follow: (job, node, path, hint) => shellOn(node).follow(join(directory(job, node), path), hint),

    collect(job, node, tasks: readonly TaskInput[]) {
      const dir = directory(job, node);
      const names = tasks.map(({ number, iteration }) => `${number} ${iteration}\n`).join('');
      return shellOn(node).stream(['sh', join(dir, '.kiln/node.sh'), dir, 'pack'], names);
    },

    read: (job, node, path, offset, length) => shellOn(node).read(join(directory(job, node), path), offset, length),

    async stop(job, node) {
      if (await isPrepared(job, node)) await ask(job, node, ['stop'], `Processes on ${node.name} could not be ended`);
    },

    async clean(job, node) {
      const what = `The job's directory on ${node.name} could not be removed`;
      const dir = directory(job, node);
      if (await isPrepared(job, node)) await ask(job, node, ['clean'], what, { timeout: 3_600_000 });
      else await must(shellOn(node), ['rm', '-rf', dir], what);
    },
  };

  async function isPrepared(job: JobRef, node: NodeRef): Promise<boolean> {
    const bytes = await shellOn(node).read(join(directory(job, node), '.kiln/node.sh'), 0, 1);
    return bytes.length > 0;
  }
}

/** The command's standard output; anything but exit code 0 is an error that says `what` could not be done. */
async function must(shell: Shell, argv: readonly string[], what: string, options?: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await shell.run(argv, options).catch((error) => {
    throw toKnownError(error, what);
  });
  if (code !== 0) throw toKnownError(new Error(stderr || `exit code ${code}`), what);
  return stdout;
}

function runnerState(word: string): Look['runner'] {
  if (word === 'running' || word === 'ended' || word === 'dead') return word;
  throw new KnownError('PLATFORM_UNAVAILABLE', `The runner answered “${word}”.`, { retryable: true });
}

function lines(numbers: readonly number[]): string {
  return numbers.map((number) => `${number}\n`).join('');
}

const asset = (name: string) => readFileSync(new URL(`./runner/${name}`, import.meta.url));

async function* runnerFiles(payload: Payload): AsyncIterable<Uint8Array> {
  const archive = pack();
  archive.entry({ name: '.kiln/runner.sh' }, asset('runner.sh'));
  archive.entry({ name: '.kiln/node.sh' }, asset('node.sh'));
  archive.entry({ name: '.kiln/job.env' }, environment(payload.parameters));
  if (payload.copied) archive.entry({ name: '.kiln/copied' }, '');
  archive.finalize();
  yield* archive as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
}
