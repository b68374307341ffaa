import { readFileSync } from 'node:fs';
import { type Entry, withFiles } from './folder.ts';
import { ADDED, BOOTSTRAP, MAIN, OLDER_COPY, OWN_SCHEDULE, SCHEDULE } from './layout.ts';
import { isOlder, stays } from './older-payload.ts';
import { isAdapted } from './payload.ts';
import { templates } from './templates.ts';
import { isValuesFile } from './values-file.ts';

/**
 * A payload as Kiln runs it, so that nothing downstream knows of any other: one of Chiminey's older layout gets scripts of Kiln's that
 * run its own, and one with templates, inputs or constants, or an input `location`, gets a `schedule.sh` that makes each task's files of them. What was adapted
 * already stays as it is. @throws KnownError CONNECTOR_BROKEN
 */
export function adaptPayload(name: string, entries: readonly Entry[], location: boolean): readonly Entry[] {
  if (isAdapted(entries)) return entries;
  if (isOlder(name, entries)) return adaptOlder(entries);
  const initial = entries.some(({ path }) => path.startsWith('initial/'));
  return location || initial || entries.some(isValuesFile) || templates(entries).length > 0 ? withInputs(entries) : entries;
}

function adaptOlder(entries: readonly Entry[]): readonly Entry[] {
  const moved = entries.map((entry) => (stays(entry.path) ? entry : { ...entry, path: `${OLDER_COPY}/${entry.path}` }));
  return withFiles(moved, [
    ...inputScripts(),
    script('older/bootstrap.sh', BOOTSTRAP),
    script('older/schedule.sh', SCHEDULE),
    script('older/main.sh', MAIN),
    script('older/chiminey.sh', `${ADDED}/chiminey.sh`, false),
    script('older/make', `${ADDED}/bin/make`),
  ]);
}

function withInputs(entries: readonly Entry[]): readonly Entry[] {
  const moved = entries.map((entry) => (entry.path === SCHEDULE ? { ...entry, path: OWN_SCHEDULE } : entry));
  return withFiles(moved, [...inputScripts(), script('schedule.sh', SCHEDULE)]);
}

function inputScripts(): Entry[] {
  return [script('inputs.sh', `${ADDED}/inputs.sh`, false), script('render.awk', `${ADDED}/render.awk`, false)];
}

function script(asset: string, path: string, executable = true): Entry {
  return { path, content: readFileSync(new URL(`./scripts/${asset}`, import.meta.url)), executable };
}
