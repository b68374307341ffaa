import { type TaskInput, type Value, valuesJson, valuesLine } from '@kiln/domain';
import { pack } from 'tar-stream';

/**
 * A tar archive of what tasks of one iteration need, relative to the job's directory: `input_N/TASK/values.json`,
 * `output_N/TASK/`, and one file in `.kiln/values/` with a line `TASK export …` for each, the swept values as environment. Of two
 * such files that name a task, the one of the later wave holds. The last file is `renewed`, which `fill` of `node.sh` reads.
 */
export async function* taskFiles(
  tasks: readonly TaskInput[],
  parameters: Readonly<Record<string, Value>>,
  wave: string,
  renewed: string,
): AsyncIterable<Uint8Array> {
  const archive = pack();
  const filled = fill(archive, tasks, parameters, wave, renewed);
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

async function fill(
  archive: ReturnType<typeof pack>,
  tasks: readonly TaskInput[],
  parameters: Readonly<Record<string, Value>>,
  wave: string,
  renewed: string,
): Promise<void> {
  archive.entry({ name: valuesFile(tasks, wave) }, tasks.map(valuesLine).join(''));
  for (const task of tasks) {
    const { number, iteration } = task;
    archive.entry({ name: `output_${iteration}/${number}/`, type: 'directory' });
    await new Promise<void>((resolve, reject) => {
      const name = `input_${iteration}/${number}/values.json`;
      archive.entry({ name }, valuesJson(parameters, task), (error) => (error ? reject(error) : resolve()));
    });
  }
  archive.entry({ name: '.kiln/renewed' }, renewed);
  archive.finalize();
}

/**
 * Named by the tasks, so that setting up the same tasks again replaces it, and others never do. The runner reads such files in the
 * order of their names: numbers in that of the wave have the same length, whatever they are.
 */
function valuesFile(tasks: readonly TaskInput[], wave: string): string {
  const order = (wave.match(/\d+/g) ?? []).map((number) => number.padStart(8, '0'));
  return `.kiln/values/${[tasks[0]?.iteration, ...order, tasks[0]?.number, tasks.at(-1)?.number, tasks.length].join('-')}`;
}
