import { fileAt } from '@kiln/client/download';
import { type Kiln, KilnError, type OutputEntry } from '@kiln/client/kiln';
import { jobDirectory } from '@kiln/domain';
import { CommandError } from '../exit.ts';

/** A path in a storage, among the results of a job, or on this machine. */
export type Place =
  | { readonly in: 'storage'; readonly name: string; readonly path: string }
  | { readonly in: 'job'; readonly id: number; readonly path: string }
  | { readonly in: 'here'; readonly path: string };

/** One that Kiln reads. */
export type RemotePlace = Exclude<Place, { in: 'here' }>;

/** `NAME:path` is in a storage, `12:path` among the results of job 12; everything else, also `./a:b`, is on this machine. */
export function placeOf(text: string): Place {
  const [, name, path = ''] = /^([\w-][\w.-]*):(.*)$/s.exec(text) ?? [];
  if (name === undefined) return { in: 'here', path: text };
  const clean = path.replace(/(?<=[^/])\/+$/, '');
  return /^[1-9]\d{0,8}$/.test(name) ? { in: 'job', id: Number(name), path: clean } : { in: 'storage', name, path: clean };
}

/** @throws CommandError */
export function remotePlaceOf(text: string): RemotePlace {
  const place = placeOf(text);
  if (place.in !== 'here') return place;
  throw new CommandError(`“${text}” is on this machine: name a storage or a job before it, as in local:${text} or 12:${text}.`);
}

export function inWords(place: RemotePlace): string {
  return `${place.in === 'job' ? place.id : place.name}:${place.path}`;
}

/** What a folder of all of it is called. */
export async function nameOf(kiln: Kiln, place: RemotePlace): Promise<string> {
  const name = place.path.split('/').at(-1) ?? '';
  if (name !== '') return name;
  return place.in === 'storage' ? place.name : jobDirectory({ connector: (await kiln.job(place.id)).connector, id: place.id });
}

export async function* entriesIn(kiln: Kiln, place: RemotePlace): AsyncIterable<OutputEntry> {
  if (place.in === 'storage') yield* kiln.files.list(place.name, place.path);
  else yield* await kiln.outputs(place.id, place.path);
}

/** The file of that path; undefined if it is a directory or nothing. */
export function fileOf(kiln: Kiln, place: RemotePlace): Promise<OutputEntry | undefined> {
  if (place.in === 'storage') return kiln.files.find(place.name, place.path);
  return fileAt((directory) => kiln.outputs(place.id, directory), place.path);
}

/** Whether it is a directory; nothing is none. */
export async function isFolder(kiln: Kiln, place: RemotePlace): Promise<boolean> {
  if (place.path === '') return true;
  try {
    for await (const _entry of entriesIn(kiln, place)) return true;
    return true;
  } catch (error) {
    if (error instanceof KilnError && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}
