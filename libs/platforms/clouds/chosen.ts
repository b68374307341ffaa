import { KnownError } from '@kiln/domain';
import type { Choice } from './provider.ts';

/** By its id, or else by a name that no other has. @throws KnownError BAD_INPUT that says what there is */
export function chosen<T extends Choice>(what: string, all: readonly T[], wanted: string): T {
  const named = all.filter(({ name }) => name === wanted);
  const found = all.find(({ id }) => id === wanted) ?? (named.length === 1 ? named[0] : undefined);
  if (found) return found;
  if (named.length > 0) {
    const ids = named.map(({ id }) => id).join(', ');
    throw new KnownError('BAD_INPUT', `The cloud has several ${what}s called ${wanted}; give the id of one: ${ids}.`);
  }
  throw new KnownError('BAD_INPUT', `The cloud has no ${what} ${wanted}. ${thereIs(all.map(({ name }) => name))}`);
}

/** Of a long list, enough to see what names look like. */
function thereIs(names: readonly string[]): string {
  if (names.length === 0) return 'It has none that this login sees.';
  const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
  return `There is ${[...names].sort().slice(0, 20).join(', ')}${more}.`;
}
