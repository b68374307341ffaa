import { quote, type TaskInput, type Value } from '@kiln/domain';
import { pack } from 'tar-stream';

/**
 * A tar archive of the directories of tasks, relative to the job's directory: `input_N/TASK/values.json`, `output_N/TASK/`,
 * `work/TASK/` (the working directory) and `work/TASK.env` (the swept values as environment).
 */
export async function* taskFiles(tasks: readonly TaskInput[], parameters: Readonly<Record<string, Value>>): AsyncIterable<Uint8Array> {
  const archive = pack();
  const filled = fill(archive, tasks, parameters);
  yield* inBlocks(archive as AsyncIterable<Uint8Array>); // a Readable without an encoding yields buffers
  await filled;
}

const BLOCK = 256 * 1024;

/** The same bytes in few large pieces: thousands of small files would else be tens of thousands of writes. */
async function* inBlocks(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source) {
    pieces.push(piece);
    size += piece.length;
    if (size < BLOCK) continue;
    yield Buffer.concat(pieces);
    pieces = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(pieces);
}

async function fill(archive: ReturnType<typeof pack>, tasks: readonly TaskInput[], parameters: Readonly<Record<string, Value>>) {
  for (const { number, iteration, values } of tasks) {
    const json = JSON.stringify({ ...parameters, ...values, run_counter: number }, null, 2);
    archive.entry({ name: `output_${iteration}/${number}/`, type: 'directory' });
    archive.entry({ name: `work/${number}/`, type: 'directory' });
    archive.entry({ name: `work/${number}.env` }, environment(values));
    await new Promise<void>((resolve, reject) => {
      archive.entry({ name: `input_${iteration}/${number}/values.json` }, `${json}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }
  archive.finalize();
}

/** Values as lines that a POSIX shell reads; names are identifiers, checked at submission. */
export function environment(values: Readonly<Record<string, Value>>): string {
  return Object.entries(values)
    .map(([name, value]) => `export ${name}=${quote(String(value))}\n`)
    .join('');
}
