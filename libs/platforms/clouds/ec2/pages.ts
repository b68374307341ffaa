import { KnownError } from '@kiln/domain';
import type { EC2Client, Sdk } from './client.ts';
import type { Session } from './session.ts';

/** More pages than any account fills: a list that goes in circles ends. */
const MOST_PAGES = 1000;
/** What one cloud says must not take the memory of all. */
const MOST_ENTRIES = 100_000;

type Paginate<P> = (
  sdk: Sdk,
  config: { readonly client: EC2Client; readonly pageSize?: number },
  options: { readonly abortSignal: AbortSignal },
) => AsyncIterable<P>;

/** A whole list, page by page; what is accepted as no trouble is an empty one. */
export async function listed<P, T>(
  session: Session,
  paginate: Paginate<P>,
  entries: (page: P) => readonly T[] | undefined,
  signal: AbortSignal,
  accepted?: RegExp,
): Promise<readonly T[]> {
  const all: T[] = [];
  await session.call(
    async (client, sdk, options) => {
      let pages = 0;
      for await (const page of paginate(sdk, { client }, options)) {
        pages += 1;
        if (pages > MOST_PAGES)
          throw new KnownError('BAD_INPUT', `A list of the cloud has more than ${MOST_PAGES} pages.`, { retryable: true });
        for (const one of entries(page) ?? []) all.push(one);
        if (all.length > MOST_ENTRIES)
          throw new KnownError('BAD_INPUT', `A list of the cloud has more than ${MOST_ENTRIES} entries.`, { retryable: true });
      }
    },
    signal,
    accepted && { accepted },
  );
  return all;
}
