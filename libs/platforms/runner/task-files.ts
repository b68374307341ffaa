import { basename } from 'node:path/posix';
import { logPath, quote, type TaskInput, type Value } from '@kiln/domain';
import { pack } from 'tar-stream';

/**
 * A tar archive of what tasks of one iteration need, relative to the job's directory: `input_N/TASK/values.json`,
 * `output_N/TASK/`, and one file in `.kiln/values/` with a line `TASK export …` for each, the swept values as environment. Of two
 * such files that name a task, the one of the later wave holds.
 */
export async function* taskFiles(
  tasks: readonly TaskInput[],
  parameters: Readonly<Record<string, Value>>,
  wave: string,
): AsyncIterable<Uint8Array> {
  const archive = pack();
  const filled = fill(archive, tasks, parameters, wave);
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
): Promise<void> {
  archive.entry({ name: valuesFile(tasks, wave) }, tasks.map(valuesLine).join(''));
  for (const { number, iteration, values } of tasks) {
    const json = JSON.stringify({ ...parameters, ...values, run_counter: number }, null, 2);
    archive.entry({ name: `output_${iteration}/${number}/`, type: 'directory' });
    await new Promise<void>((resolve, reject) => {
      archive.entry({ name: `input_${iteration}/${number}/values.json` }, `${json}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }
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

/** The runner reads lines: a line end within a value becomes a variable of it. */
function valuesLine({ number, values, attempt }: TaskInput): string {
  const words = Object.entries(values).map(([name, value]) => ` ${name}=${quote(String(value)).replaceAll('\n', `'"$kiln_newline"'`)}`);
  const commands = [
    ...(attempt > 1 ? [`KILN_ATTEMPT=${attempt} kiln_log=${basename(logPath(number, attempt, 'stdout'), '.out')}`] : []),
    ...(words.length > 0 ? [`export${words.join('')}`] : []),
  ];
  return `${[number, commands.join('; ')].join(' ').trimEnd()}\n`;
}

/** Values as lines that a POSIX shell reads; names are identifiers, checked at submission. */
export function environment(values: Readonly<Record<string, Value>>): string {
  return Object.entries(values)
    .map(([name, value]) => `export ${name}=${quote(String(value))}\n`)
    .join('');
}
