import type { OutputEntry } from '@kiln/client/kiln';
import type { Context } from '../context.ts';
import { ago, inBytes } from '../screen/ago.ts';
import { type Piece, styled } from '../screen/piece.ts';

/** A list of files. What is not home yet has its node beside it. */
export function showEntries(entries: readonly OutputEntry[], title: 'NAME' | 'PATH', { screen }: Pick<Context, 'screen'>): void {
  const away = entries.some(({ node }) => node !== null);
  const rows = entries.map((entry): Piece[] => {
    const directory = entry.kind === 'DIRECTORY';
    const name = title === 'NAME' ? entry.name : entry.path;
    return [
      directory ? '-' : inBytes(entry.size),
      styled('quiet', entry.modifiedAt === null ? '-' : ago(entry.modifiedAt)),
      directory ? styled('strong', `${name}/`) : name,
      ...(away ? [styled('quiet', entry.node === null ? '' : `on ${entry.node}`)] : []),
    ];
  });
  const titles = [{ title: 'SIZE', align: 'right' as const }, { title: 'CHANGED' }, { title, shrinkTo: 12 }];
  screen.table([...titles, ...(away ? [{ title: 'NOT HOME YET' }] : [])], rows);
}
