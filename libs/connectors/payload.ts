import type { PayloadFacts } from '@kiln/domain';
import { byPath, type Entry } from './folder.ts';

export const MAIN = 'process_payload/main.sh';
const SCHEDULE = 'process_payload/schedule.sh';

export function payloadFacts(entries: readonly Entry[]): PayloadFacts {
  const has = (path: string) => entries.some((entry) => entry.path === path && entry.content !== null);
  const isMore = ({ path }: Entry) => path.startsWith('process_payload/') && path !== MAIN && path !== SCHEDULE;
  return { bootstrap: has('bootstrap.sh'), schedule: has(SCHEDULE), copied: entries.some(isMore) };
}

/** `main.sh` is there, and is not the one that stands for `command`. */
export function hasOwnMain(entries: readonly Entry[], command: string | undefined): boolean {
  const main = entries.find(({ path }) => path === MAIN);
  if (!main?.content) return false;
  return command === undefined || main.content.toString() !== scriptOf(command);
}

/** A command becomes the payload's `main.sh`, so that nothing downstream knows about commands. */
export function withCommand(entries: readonly Entry[], command: string | undefined): readonly Entry[] {
  if (command === undefined) return entries;
  const folder = entries.some(({ path }) => path === 'process_payload')
    ? []
    : [{ path: 'process_payload', content: null, executable: false }];
  const main = { path: MAIN, content: Buffer.from(scriptOf(command)), executable: true };
  return [...entries.filter(({ path }) => path !== MAIN), ...folder, main].sort(byPath);
}

function scriptOf(command: string): string {
  return `#!/bin/sh\n${command}\n`;
}
