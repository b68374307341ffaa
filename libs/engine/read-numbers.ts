import { type JobState, KnownError, type Numbers, numbersOf, outputPath, type Task, type TaskChange, type World } from '@kiln/domain';
import { storageTrouble } from './blame.ts';

/** Larger files are not read for a number, so that nobody waits long for one to be found; bytes. */
const MOST_BYTES = 1024 * 1024;
/** Tasks whose files are read at once. */
const AT_ONCE = 16;

/** The changes of tasks whose results are home, with what the declared outputs are in the files of those that succeeded. */
export async function withNumbers(
  { connector }: JobState,
  world: World,
  tasks: readonly Task[],
  changes: readonly TaskChange[],
): Promise<readonly TaskChange[]> {
  const found = new Map<number, Numbers>();
  const wanted = numbersOf(connector.outputs).length === 0 ? [] : tasks.filter(({ state }) => state === 'succeeded');
  for (let i = 0; i < wanted.length; i += AT_ONCE) {
    const some = wanted.slice(i, i + AT_ONCE).map(async (task) => {
      const numbers = await world.numbers((file) => textOf(world, `${outputPath(task)}/${file}`));
      if (Object.keys(numbers).length > 0) found.set(task.number, numbers);
    });
    await Promise.all(some);
  }
  return changes.map((change) => {
    const numbers = found.get(change.number);
    return numbers ? { ...change, numbers } : change;
  });
}

/** Null if there is no such file, or none that can be read: a number that is not found fails no task. */
async function textOf({ storage }: World, path: string): Promise<string | null> {
  try {
    const { kind, size } = await storage.stat(path);
    return kind === 'file' && size <= MOST_BYTES ? new TextDecoder().decode(await storage.read(path, 0, size)) : null;
  } catch (error) {
    if (error instanceof KnownError && !error.retryable) return null;
    throw storageTrouble(error);
  }
}
