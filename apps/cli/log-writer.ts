import type { LogChunk } from '@kiln/client/kiln';
import { styled } from './screen/piece.ts';
import type { Screen } from './screen/screen.ts';

/** Prints pieces of the logs of many tasks so that a line is never torn by another task's. */
export interface LogWriter {
  write(task: number, chunk: LogChunk): void;
  /** Nothing more comes of this task. */
  end(task: number): void;
}

export function logWriter(screen: Screen, options: { readonly json: boolean; readonly prefix: boolean }): LogWriter {
  if (options.json) return { write: (task, chunk) => screen.json({ task, ...chunk }, 0), end: () => undefined };
  if (!options.prefix) return { write: (_task, chunk) => screen.text(chunk.text), end: () => undefined };
  return new PrefixedLines(screen);
}

class PrefixedLines implements LogWriter {
  /** Begun lines by task. */
  readonly #begun = new Map<number, string>();

  constructor(private readonly screen: Screen) {}

  write(task: number, chunk: LogChunk): void {
    const lines = ((this.#begun.get(task) ?? '') + chunk.text).split('\n');
    this.#begun.set(task, lines.pop() ?? '');
    for (const line of lines) this.#print(task, line);
  }

  end(task: number): void {
    const rest = this.#begun.get(task);
    if (rest) this.#print(task, rest);
    this.#begun.delete(task);
  }

  #print(task: number, line: string): void {
    this.screen.line(styled('busy', `[${task}]`), ' ', line);
  }
}
