import { KnownError, outputPath, type Storage, type Task, type TaskOutput } from '@kiln/domain';

/** The most of a file that a connector's own code may read. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What tasks left at home, for a connector's own code. */
export function readableOutputs(storage: Storage, tasks: readonly Task[]): readonly TaskOutput[] {
  async function bytes(path: string): Promise<Uint8Array> {
    const { size } = await storage.stat(path);
    if (size > MOST_BYTES) throw new KnownError('BAD_INPUT', `${path} has more than 64 MiB; read a smaller file.`);
    return storage.read(path, 0, size);
  }
  return tasks.map((task) => ({
    number: task.number,
    values: task.values,
    list: (path = '') => storage.list(`${outputPath(task)}/${path}`),
    bytes: (path) => bytes(`${outputPath(task)}/${path}`),
    text: async (path) => new TextDecoder().decode(await bytes(`${outputPath(task)}/${path}`)),
  }));
}
