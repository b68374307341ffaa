import type { Filter } from '@aws-sdk/client-ec2';
import { Refused } from './ec2-wire.ts';

/** Filters are met by one of their values each, in which `*` and `?` stand for anything unless they are escaped. */
export function matches<T extends object>(thing: T, names: Readonly<Record<string, keyof T>>, filters: readonly Filter[]): boolean {
  const { Tags = [] } = thing as { readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[] }; // those that have tags
  return filters.every(({ Name = '', Values = [] }) => {
    const key = names[Name];
    if (!key && !Name.startsWith('tag:')) throw new Refused('InvalidParameterValue', `The filter '${Name}' is invalid`);
    const value = key ? thing[key] : Tags.find((tag) => `tag:${tag.Key}` === Name)?.Value;
    return typeof value === 'string' && Values.some((pattern) => patternOf(pattern).test(value));
  });
}

function patternOf(pattern: string): RegExp {
  const parts = pattern.match(/\\.|[^\\]/gs) ?? [];
  const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`^${parts.map((part) => (part === '*' ? '.*' : part === '?' ? '.' : literal(part.slice(-1)))).join('')}$`, 's');
}

/** From where the token says. */
export function pageOf<T>(
  all: readonly T[],
  page: number,
  token?: string,
): { readonly entries: readonly T[]; readonly next: string | undefined } {
  const from = token ? Number(token.slice(2)) : 0;
  return { entries: all.slice(from, from + page), next: from + page < all.length ? `p-${from + page}` : undefined };
}
