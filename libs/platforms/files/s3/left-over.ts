import { isLeftOver } from '../hidden.ts';
import type { Objects } from './objects.ts';
import { join } from './replace.ts';
import { abandon } from './upload-note.ts';

/** Removes what programs that were killed left in a directory, and uploads that nobody went on with; `but` is one that somebody does. */
export async function removeLeftOver(objects: Objects, path: string, but: string | null = null): Promise<void> {
  for await (const one of objects.list(join(path, '.kiln-'))) {
    if (!('path' in one) || one.path === but) continue;
    const [name = ''] = one.path.slice(path === '' ? 0 : path.length + 1).split('/');
    if (!isLeftOver(name, Date.parse(one.modifiedAt ?? ''))) continue;
    if (name.startsWith('.kiln-upload-')) await abandon(objects, one.path);
    else await objects.remove(one.path);
  }
}
