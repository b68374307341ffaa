import type { PayloadFacts } from '@kiln/domain';
import { type Entry, withFiles } from './folder.ts';
import { ADDED, BOOTSTRAP, MAIN, OLDER_COPY, OLDER_MAIN, OWN_SCHEDULE, SCHEDULE } from './layout.ts';
import { placeholders } from './templates.ts';

/** Of a payload that was adapted, if it needs that; of any other, nothing is rendered. @throws KnownError CONNECTOR_BROKEN if a template is none */
export function payloadFacts(entries: readonly Entry[]): PayloadFacts {
  const has = (path: string) => entries.some((entry) => entry.path === path && entry.content !== null);
  const isMore = ({ path }: Entry) =>
    path.startsWith('process_payload/') && ![MAIN, SCHEDULE, OWN_SCHEDULE].includes(path) && !isAdded(path);
  return {
    bootstrap: has(BOOTSTRAP),
    schedule: has(SCHEDULE),
    copied: entries.some(isMore),
    initial: isAdapted(entries) && entries.some(({ path }) => path.startsWith('initial/')),
    placeholders: isAdapted(entries) ? placeholders(entries) : [],
  };
}

export function isAdapted(entries: readonly Entry[]): boolean {
  return entries.some(({ path }) => path === ADDED);
}

function isAdded(path: string): boolean {
  return path === ADDED || path.startsWith(`${ADDED}/`);
}

/** The script that says what a task runs, if it is not the one that stands for `command`; undefined if there is none. */
export function ownMain(entries: readonly Entry[], command: string | undefined): string | undefined {
  const main = entries.find(({ path }) => path === MAIN);
  if (!main?.content || (command !== undefined && main.content.toString() === scriptOf(command))) return undefined;
  return entries.some(({ path }) => path === OLDER_COPY) ? OLDER_MAIN : MAIN;
}

/** A command becomes the payload's `main.sh`, so that nothing downstream knows about commands. */
export function withCommand(entries: readonly Entry[], command: string | undefined): readonly Entry[] {
  if (command === undefined) return entries;
  return withFiles(entries, [{ path: MAIN, content: Buffer.from(scriptOf(command)), executable: true }]);
}

function scriptOf(command: string): string {
  return `#!/bin/sh\n${command}\n`;
}
