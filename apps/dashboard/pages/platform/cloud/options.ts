import type { CloudLook } from '@kiln/client/platform-documents';
import { roomFor } from '@kiln/domain';
import { memoryText } from '../../../lib/resources-text.ts';
import { many } from '../../../lib/time.ts';
import type { Draft } from '../draft.ts';

export interface Option {
  readonly value: string;
  readonly label: string;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** By name, or by id where several have the same name, or where the id is what was `chosen` already. */
export function optionsOf<T extends Named>(all: readonly T[], chosen: string, told: (one: T) => string = () => ''): readonly Option[] {
  const counts = new Map<string, number>();
  for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1);
  return all.map((one) => {
    const { id, name } = one;
    const alone = counts.get(name) === 1;
    const label = alone || name === id ? name : `${name} (${id})`;
    return { value: alone && id !== chosen ? name : id, label: [label, told(one)].filter((part) => part !== '').join(' · ') };
  });
}

export function byName(one: Named, other: Named): number {
  return one.name.localeCompare(other.name, 'en', { numeric: true });
}

type Size = CloudLook['sizes'][number];

/** The smallest first. */
export function sizeOptions(sizes: readonly Size[], chosen: string): readonly Option[] {
  const sorted = [...sizes].sort((one, other) => one.cores - other.cores || one.memory - other.memory || byName(one, other));
  return optionsOf(sorted, chosen, ({ cores, memory }) => `${many(cores, 'core')}, ${memoryText(memory)}`);
}

/** What is meant by a name or an id, if it can be told. */
export function chosenOf<T extends Named>(all: readonly T[], chosen: string): T | undefined {
  const named = all.filter(({ name }) => name === chosen);
  return all.find(({ id }) => id === chosen) ?? (named.length === 1 ? named[0] : undefined);
}

/** For how many machines of a size the quota leaves room. */
export function roomText({ quota, sizes }: CloudLook, chosen: string): string {
  const size = chosenOf(sizes, chosen);
  if (!size) return 'A flavor, or an instance type: tasks run at once on as many cores as it has.';
  if (!quota) return 'The cloud does not tell for how many of them there is room.';
  const room = roomFor(quota, size);
  return room === null
    ? 'The quota sets no limit to machines of this size.'
    : `Now there is room for ${many(room, 'machine')} of this size.`;
}

/** Who logs in on machines of an image, as those who make such images have it. */
const USERS: readonly (readonly [RegExp, string])[] = [
  [/ubuntu/i, 'ubuntu'],
  [/debian/i, 'debian'],
  [/rocky/i, 'rocky'],
  [/alma/i, 'almalinux'],
  [/fedora/i, 'fedora'],
  [/centos/i, 'centos'],
  [/amazon|amzn|al20\d\d|rhel|red.?hat|suse|sles/i, 'ec2-user'],
  [/cirros/i, 'cirros'],
  [/arch/i, 'arch'],
];

/** Blank where the name says nothing. */
export function guessedUser(image: string): string {
  return USERS.find(([pattern]) => pattern.test(image))?.[1] ?? '';
}

/** Who logs in once another image is chosen: a guess from what that is called, unless somebody said otherwise. */
export function loginUser(draft: Draft, look: CloudLook | null, image: string): string {
  const guessOf = (value: string) => guessedUser(chosenOf(look?.images ?? [], value)?.name ?? value);
  const before = draft['cloud.user'];
  return before === '' || before === guessOf(draft['cloud.image']) ? guessOf(image) || before : before;
}
