import { KnownError } from '@kiln/domain';
import { asset } from './runner/asset.ts';
import type { RunOptions, Shell } from './shells/shell.ts';
import { once } from './shells/streams.ts';
import { toKnownError } from './trouble.ts';

/** What is there of a job in a root of nodes. */
export interface JobDirectory {
  /** As `jobDirectory` makes it. */
  readonly name: string;
  /** ISO 8601, by the machine's clock: when something last happened there. */
  readonly modifiedAt: string;
  /** Null if that takes too long to find out. */
  readonly bytes: number | null;
  /** That carry its mark. */
  readonly processes: number;
}

/** Finding out sizes takes as long as a disk needs; milliseconds. */
const LONG = 3_600_000;

/** What lies in `root`, an absolute path without a slash at its end; nothing if there is no such directory. */
export async function jobDirectoriesOn(shell: Shell, root: string): Promise<readonly JobDirectory[]> {
  const answer = await run(shell, 'job-directories.sh', [root], `Directories in ${root} could not be listed`);
  return answer.split('\n').flatMap((line) => {
    const match = /^([a-z0-9-]+) (\d+) (\d+|-) (\d+)$/.exec(line);
    if (!match) return [];
    const [, name = '', at, size, processes] = match;
    const bytes = size === '-' ? null : Number(size) * 1024;
    return [{ name, modifiedAt: new Date(Number(at) * 1000).toISOString(), bytes, processes: Number(processes) }];
  });
}

/** Ends the processes of a job and removes its directory; may be repeated. @throws KnownError BAD_INPUT if no job's directory has that name */
export async function removeJobDirectory(shell: Shell, root: string, name: string): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name) || !/\d$/.test(name))
    throw new KnownError('BAD_INPUT', `“${name}” is not the directory of a job.`);
  const directory = `${root}/${name}`;
  const what = `${directory} could not be removed`;
  await run(shell, 'node.sh', [directory, 'stop'], what);
  await run(shell, 'node.sh', [directory, 'clean'], what, { timeout: LONG });
}

async function run(shell: Shell, script: string, args: readonly string[], what: string, options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await shell
    .run(['sh', '-s', ...args], { timeout: LONG, ...options, input: once(asset(script)) })
    .catch((error) => {
      throw toKnownError(error, what);
    });
  if (code !== 0) throw toKnownError(new Error(stderr || `exit code ${code}`), what);
  return stdout;
}
