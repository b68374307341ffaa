import { KnownError } from '@kiln/domain';
import { Field, ObjectType } from 'type-graphql';

/** The longest page that a list gives. */
export const LONGEST_PAGE = 500;

@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'More follows after `endCursor`.' })
  hasNextPage!: boolean;
  @Field(() => Boolean, { description: 'Something comes before this page.' })
  hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true, description: 'Cursor of the first entry; null on an empty page.' })
  startCursor!: string | null;
  @Field(() => String, { nullable: true, description: 'Cursor of the last entry: pass it as `after` for the next page.' })
  endCursor!: string | null;
}

export interface Edge<T> {
  readonly cursor: string;
  readonly node: T;
}

export interface Page<T> {
  readonly edges: readonly Edge<T>[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
}

/** What was asked for: `limit` is one more than fits, to see whether more follows. */
export interface Slice {
  readonly first: number;
  readonly limit: number;
  readonly after?: number;
}

/** @throws KnownError BAD_INPUT if the page is too long or the cursor is not from such a list. */
export function slice(first: number, after: string | null | undefined): Slice {
  if (first < 0 || first > LONGEST_PAGE) {
    throw new KnownError('BAD_INPUT', `A page holds 0 to ${LONGEST_PAGE} entries; ask for more pages instead of ${first} entries.`);
  }
  return { first, limit: first + 1, ...(after ? { after: position(after) } : {}) };
}

/** A page of `rows`, of which there may be one too many; `key` is what the list is ordered by. */
export function page<T>(rows: readonly T[], { first, after }: Slice, key: (row: T) => number): Page<T> {
  const nodes = rows.slice(0, first);
  const edges = nodes.map((node) => ({ cursor: cursor(key(node)), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

const cursor = (key: number): string => Buffer.from(`at:${key}`).toString('base64url');

function position(text: string): number {
  const found = /^at:(\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString());
  if (!found) throw new KnownError('BAD_INPUT', 'This cursor does not come from a page of this list.');
  return Number(found[1]);
}
