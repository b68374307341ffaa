import type { Kiln, OutputEntry } from '@kiln/client/kiln';
import type { Context } from '../context.ts';

/** As it is for a program; made safe for a terminal. */
export async function printFile(kiln: Kiln, file: OutputEntry, { screen }: Pick<Context, 'screen'>): Promise<void> {
  const decoder = new TextDecoder();
  for await (const bytes of kiln.read(file)) {
    if (screen.terminal) screen.text(decoder.decode(bytes, { stream: true }));
    else screen.bytes(bytes);
  }
}
