import { type FileEntry, KnownError } from '@kiln/domain';
import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { MOST_ENTRIES } from '../file-source.ts';
import { outputNames } from '../output/output-path.ts';
import { FilePage } from './file-page.type.ts';
import { ownStorage } from './own-storage.ts';

const PATH = { description: "Relative to the storage's root; blank is the root itself." };

@Resolver()
export class StorageResolver {
  @Query(() => FilePage, { description: 'What is in a directory of a storage of the viewer.' })
  async storageFiles(
    @Arg('storage', () => String, { description: "A platform's name." }) storage: string,
    @Arg('path', () => String, { defaultValue: '', ...PATH }) path: string,
    @Arg('search', () => String, { defaultValue: '', description: 'Only names in which this is found, in capitals or not.' })
    search: string,
    @Arg('first', () => Int, { defaultValue: 200, description: 'How many, 1000 at most.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: '`endCursor` of the part before.' }) after: string | null | undefined,
    @Ctx() context: Context,
  ): Promise<FilePage> {
    if (first < 1 || first > MOST_ENTRIES) throw new KnownError('BAD_INPUT', `A part of a directory has 1 to ${MOST_ENTRIES} entries.`);
    const { name } = await ownStorage(context, storage);
    const names = outputNames(path);
    context.spend(first);
    const question = { kind: 'list-files', storage: name, path: names.join('/'), search, first, after: entryAt(after ?? null) } as const;
    const { entries, total, more } = (await context.asker.ask<'list-files'>(question)).answer;
    return { entries: entries.map((entry) => shown(name, names, entry)), total, endCursor: more ? cursorOf(entries.at(-1)) : null };
  }
}

function shown(storage: string, names: readonly string[], entry: FileEntry) {
  const all = [...names, entry.name];
  const url = `/files/storages/${encodeURIComponent(storage)}/${all.map(encodeURIComponent).join('/')}`;
  return { ...entry, path: all.join('/'), url: entry.kind === 'file' ? url : null };
}

function cursorOf(entry: FileEntry | undefined): string | null {
  return entry ? `${entry.kind}/${entry.name}` : null;
}

function entryAt(cursor: string | null): Pick<FileEntry, 'kind' | 'name'> | null {
  if (cursor === null) return null;
  const [, kind, name] = /^(file|directory)\/(.+)$/s.exec(cursor) ?? [];
  if (name === undefined) throw new KnownError('BAD_INPUT', 'This is no `endCursor` of a directory.');
  return { kind: kind === 'file' ? 'file' : 'directory', name };
}
