import type { Database } from '@kiln/db/connect';
import { loadTask, loadTasks, type StoredState } from '@kiln/db/load-state';
import { hasEnded, KnownError, type Node, type OutputFile, outputPath, type Site, type Storage, type Task } from '@kiln/domain';
import { directoriesFirst } from '@kiln/platforms/files/entries';
import { outputDirectory, type Places } from './places.ts';

/** The most entries of a directory on a node that are told. */
const MOST_ENTRIES = 10_000;

/** A job's outputs as people see them: what is home, and in `output_N/TASK` what a task that is not home yet has left so far on its node. */
export class TaskOutputs {
  private readonly home: Storage;
  /** The directory of the present iteration: nothing else is on nodes. */
  private readonly iteration: string;

  constructor(
    private readonly db: Database,
    private readonly places: Places,
    private readonly stored: StoredState,
    private readonly signal: AbortSignal,
  ) {
    const { job, output } = stored;
    this.home = places.storage(output.storage, outputDirectory(output.path, job), signal);
    this.iteration = `output_${job.iteration}`;
  }

  async list(path: string): Promise<readonly OutputFile[]> {
    const there = await this.look(path, (away) => listAway(away, path));
    if (there) return there;
    const also = await this.because(path);
    const found = await this.home.list(path).catch((error) => (also.length > 0 && isMissing(error) ? [] : Promise.reject(error)));
    // What an earlier attempt of a task has at home does not count.
    return [...new Map([...found, ...also].map((entry) => [entry.name, entry])).values()].sort(directoriesFirst);
  }

  async stat(path: string): Promise<OutputFile> {
    const there = await this.look(path, async ({ node, rest, files }) => ({ ...(await files.stat(rest)), node: node.name }));
    if (there) return there;
    try {
      return await this.home.stat(path);
    } catch (error) {
      if (isMissing(error) && path === this.iteration && (await this.because(path)).length > 0) return directory(path);
      throw error;
    }
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    return (await this.look(path, ({ rest, files }) => files.read(rest, offset, length))) ?? this.home.read(path, offset, length);
  }

  /** Null if home is to be asked: the path is not that of a task at work, or what the task left has just gone home. */
  private async look<T>(path: string, look: (away: Away) => Promise<T>): Promise<T | null> {
    const away = await this.awayAt(path);
    if (!away) return null;
    try {
      return await look(away);
    } catch (error) {
      if (isMissing(error)) return (await isGone(away)) ? null : notThere(path);
      throw error instanceof KnownError && error.retryable ? outOfReach(away, error) : error;
    }
  }

  private async awayAt(path: string): Promise<Away | null> {
    const { job, platform } = this.stored;
    const [, top, number, rest = ''] = /^(output_\d+)\/([1-9]\d{0,8})(?:\/(.*))?$/s.exec(path) ?? [];
    if (top !== this.iteration || hasEnded(job.status)) return null;
    const task = await loadTask(this.db, job.id, Number(number));
    const node = task && task.iteration === job.iteration ? nodeOf(task, this.stored) : null;
    return task && node && { task, node, rest, files: this.places.site(platform, this.signal).files(job, node, outputPath(task)) };
  }

  /** What a directory has because tasks are not home: theirs, or that of their iteration. */
  private async because(path: string): Promise<readonly OutputFile[]> {
    const { job } = this.stored;
    if ((path !== '' && path !== this.iteration) || hasEnded(job.status)) return [];
    const tasks = await loadTasks(this.db, job.id, { iteration: job.iteration, states: BEGUN, uncollected: true });
    const away = tasks.flatMap((task) => {
      const node = nodeOf(task, this.stored);
      return node ? [{ ...directory(String(task.number)), node: node.name }] : [];
    });
    return path === '' && away.length > 0 ? [directory(this.iteration)] : away;
  }
}

interface Away {
  readonly task: Task;
  readonly node: Node;
  /** Below the task's output directory. */
  readonly rest: string;
  readonly files: ReturnType<Site['files']>;
}

const BEGUN = ['running', 'succeeded', 'failed'] as const;

/** Where what a task has left is; null if it has not begun, is home, or is lost. */
function nodeOf(task: Task, { nodes }: StoredState): Node | null {
  if (task.collected || !BEGUN.some((state) => state === task.state)) return null;
  return nodes.find(({ name, state }) => name === task.node && (state === 'running' || state === 'ready')) ?? null;
}

async function listAway({ node, rest, files }: Away, path: string): Promise<readonly OutputFile[]> {
  const entries = await files.list(rest, MOST_ENTRIES);
  if (entries) return entries.map((entry) => ({ ...entry, node: node.name }));
  throw new KnownError('BAD_INPUT', `${path} has more than ${MOST_ENTRIES} entries on ${node.name}: they are shown when they are home.`);
}

/** The directory is not on the node any more: what was in it has gone home. */
async function isGone({ files }: Away): Promise<boolean> {
  return files.stat('').then(
    () => false,
    (error) => isMissing(error) || Promise.reject(error),
  );
}

function outOfReach({ task, node }: Away, error: KnownError): KnownError {
  const what = `What task ${task.number} has left so far is on ${node.name}, where nobody can look now`;
  return new KnownError(error.code, `${what}. ${error.message}`, { retryable: true, cause: error });
}

function directory(name: string): OutputFile {
  return { name, kind: 'directory', size: 0, modifiedAt: null };
}

function notThere(path: string): never {
  throw new KnownError('NOT_FOUND', `There is no file “${path}”.`);
}

function isMissing(error: unknown): boolean {
  return error instanceof KnownError && error.code === 'NOT_FOUND';
}
