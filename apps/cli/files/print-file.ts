import type { Kiln, OutputEntry } from '@kiln/client/kiln';
import type { Context } from '../context.ts';

/** As it is for a program; made safe for a terminal. With `tail`, only so many bytes at its end. */
export async function printFile(kiln: Kiln, file: OutputEntry, { screen }: Pick<Context, 'screen'>, tail?: number): Promise<void> {
  if (tail !== undefined && file.size === 0) return; // nothing has an end
  const decoder = new TextDecoder();
  for await (const bytes of kiln.read(file, tail === undefined ? 0 : -tail)) {
    if (screen.terminal) screen.text(decoder.decode(bytes, { stream: true }));
    else screen.bytes(bytes);
  }
}
