import { broken } from './definition.ts';
import type { Entry } from './folder.ts';
import { BOOTSTRAP, MAIN, OLDER_MAIN, SCHEDULE } from './layout.ts';

const SCRIPTS = [
  'start_bootstrap.sh',
  'bootstrap_done.sh',
  'start_schedule.sh',
  'schedule_done.sh',
  'process_payload/start_process_schedule.sh',
  'process_payload/process_schedule_done.sh',
  OLDER_MAIN,
  'process_payload/process_running_done.sh',
];

/** A script by which a payload can be known for one of the older layout. */
export function olderScript(entries: readonly Entry[]): string | undefined {
  return SCRIPTS.find((script) => hasFile(entries, script));
}

/** Whether a payload is one of Chiminey's older layout. @throws KnownError CONNECTOR_BROKEN if that cannot be told */
export function isOlder(name: string, entries: readonly Entry[]): boolean {
  const older = olderScript(entries);
  if (older === undefined) return false;
  const newer = [MAIN, BOOTSTRAP, SCHEDULE].find((script) => hasFile(entries, script));
  if (newer !== undefined) {
    const which = `${older} is of Chiminey's older layout and ${newer} of the newer one`;
    throw broken(name, [`${which}; keep the scripts of one of them, and give others another name.`]);
  }
  if (hasFile(entries, OLDER_MAIN)) return true;
  throw broken(name, [`it has ${older} of Chiminey's older layout, but no ${OLDER_MAIN}, which runs a task; add it.`]);
}

function hasFile(entries: readonly Entry[], wanted: string): boolean {
  return entries.some(({ path, content }) => path === wanted && content !== null);
}

/** What of an older payload's folder is the connector's and not the payload's, so that it stays where it is when Kiln moves the rest. */
export function stays(path: string): boolean {
  return /^connector\.|^values$|^initial(\/|$)|^(?!process_payload\/).*\.[cm]?ts$/.test(path);
}
