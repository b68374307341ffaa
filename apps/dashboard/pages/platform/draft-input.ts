import { megabytes, seconds } from '@kiln/domain';
import { jumpsOf } from '../../lib/platform-words.ts';
import type { Draft, Errors, FieldName } from './draft.ts';

/** What the draft says in the words of the API, and what of it cannot be read. The API checks the rest. */
export function inputOf(draft: Draft) {
  const errors: Partial<Record<FieldName, string>> = {};
  const text = (name: FieldName) => draft[name].trim();
  const needed = (name: FieldName, message: string) => {
    if (text(name) === '') errors[name] = message;
    return text(name);
  };
  const count = (name: FieldName): number | null => {
    if (text(name) === '') return null;
    if (!/^\d{1,9}$/.test(text(name))) errors[name] = 'Write a whole number.';
    return Number(text(name));
  };
  const read = (name: FieldName, reader: (text: string) => number | null, example: string): number | null => {
    if (text(name) === '') return null;
    const value = reader(text(name));
    if (value === null) errors[name] = `Write it as ${example}.`;
    return value;
  };
  const user = text('connection.user');
  const jumps = jumpsOf(text('connection.jumps'), user);
  if (jumps === null) errors['connection.jumps'] = 'Write user@host or user@host:port, with commas between.';
  const connection = {
    host: needed('connection.host', 'Say which machine.'),
    port: count('connection.port') ?? 22,
    user: needed('connection.user', 'Say who logs in.'),
    jumps: jumps ?? [],
  };
  const settings = {
    root: text('settings.root'),
    home: text('settings.home'),
    modules: words(draft['settings.modules']),
    setup: draft['settings.setup'].replaceAll('\r\n', '\n'),
    resources: resources(text, count, read),
    limits: {
      tasks: count('settings.limits.tasks'),
      submissionsPerMinute: count('settings.limits.submissionsPerMinute'),
      commandsPerSecond: count('settings.limits.commandsPerSecond'),
      connections: count('settings.limits.connections'),
      sessions: count('settings.limits.sessions'),
      lostAfter: read('settings.limits.lostAfter', seconds, '24h or 90m'),
    },
  };
  return { description: text('description'), ...chosenSlots(count('slots')), connection, settings, errors: errors as Errors }; // only widened
}

function resources(
  text: (name: FieldName) => string,
  count: (name: FieldName) => number | null,
  read: (name: FieldName, reader: (text: string) => number | null, example: string) => number | null,
): Record<string, unknown> {
  const directives = lines(text('settings.resources.directives'));
  const asked = {
    queue: text('settings.resources.queue') || null,
    account: text('settings.resources.account') || null,
    project: text('settings.resources.project') || null,
    qos: text('settings.resources.qos') || null,
    nodes: count('settings.resources.nodes'),
    cores: count('settings.resources.cores'),
    gpus: count('settings.resources.gpus'),
    memory: read('settings.resources.memory', megabytes, '4 GB or 500 MB'),
    walltime: read('settings.resources.walltime', seconds, '4h, 90m or 2-12:00:00'),
    directives: directives.length > 0 ? directives : null,
  };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null));
}

/** Blank: whatever it is. */
export function chosenSlots(slots: number | null): { readonly slots?: number } {
  return slots === null ? {} : { slots };
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
