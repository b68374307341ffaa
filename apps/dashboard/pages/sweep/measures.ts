import { duration } from '../../lib/time.ts';
import { short } from '../../parts/chart/scale.ts';
import type { Child } from './documents.ts';
import { durationOf, type Valued } from './order.ts';
import type { SweepNumbers } from './use-sweep-numbers.ts';

/** A number of each child, for people. */
export interface Measure extends Valued {
  readonly title: string;
  text(value: number): string;
}

/** How long each took, once it has ended. */
export const DURATION: Measure = {
  key: 'duration',
  title: 'Duration',
  read: (child) => (child.endedAt === null ? null : durationOf(child, 0)),
  text: duration,
};

/** What the connector's outputs were in each. */
export function measuresOf({ columns, byJob }: SweepNumbers): readonly Measure[] {
  return columns.map(({ name, title, unit }) => ({
    key: `number:${name}`,
    title: unit === null ? title : `${title} (${unit})`,
    read: ({ id }) => byJob.get(id)?.get(name) ?? null,
    text: short,
  }));
}

/** The children that have the number, the smallest first. */
export function ranked(children: readonly Child[], { read }: Measure): readonly { readonly child: Child; readonly value: number }[] {
  const valued = children.flatMap((child) => {
    const value = read(child);
    return value === null ? [] : [{ child, value }];
  });
  return valued.sort((a, b) => a.value - b.value || Number(a.child.id) - Number(b.child.id));
}
