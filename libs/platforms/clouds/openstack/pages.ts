import { KnownError } from '@kiln/domain';
import { z } from 'zod';
import type { Answer } from './http.ts';
import type { Service, Session } from './session.ts';

/** More pages than any project fills: a list that goes in circles ends. */
const MOST_PAGES = 1000;
/** Of a list as it comes: what one cloud says must not take the memory of all. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Milliseconds for a list. */
const LONGEST = 300_000;
/** How often a list is begun anew. */
const MOST_ANEW = 5;
/** A page follows the last one of the page before, and that one may be gone meanwhile: "marker [ID] not found". */
const LOST_PLACE = [400, 404];

/** A whole list, page by page, with the `Date` of the last answer. Nova says `NAME_links`, Neutron the same, Glance `next`. */
export async function listed<T>(
  session: Session,
  service: Service,
  path: string,
  name: string,
  shape: z.ZodType<T>,
  signal: AbortSignal,
): Promise<{ readonly all: readonly T[]; readonly at: number }> {
  const all: T[] = [];
  const until = Date.now() + LONGEST;
  let size = 0;
  let next: string | null = path;
  let at = Date.now();
  let anew = 0;
  for (let page = 0; next !== null; page += 1) {
    if (size > MOST_BYTES) throw new KnownError('BAD_INPUT', `The cloud's list of ${name} has more than 64 MiB.`, { retryable: true });
    if (Date.now() > until) throw new KnownError('PLATFORM_UNAVAILABLE', `The cloud takes too long to list ${name}.`, { retryable: true });
    if (page === MOST_PAGES) throw new KnownError('BAD_INPUT', `The cloud's list of ${name} has more than ${MOST_PAGES} pages.`);
    const mayBeAnew = next !== path && anew < MOST_ANEW;
    const answer: Answer = await session.call({ service, path: next }, signal, mayBeAnew ? LOST_PLACE : []);
    if (LOST_PLACE.includes(answer.status)) {
      all.length = 0;
      [next, anew] = [path, anew + 1];
      continue;
    }
    const body = read(z.record(z.string(), z.unknown()), answer.body, name);
    for (const one of read(z.array(shape), body[name], name)) all.push(one);
    size += answer.size ?? 0;
    next = nextOf(body, name);
    at = timeOf(answer);
  }
  return { all, at };
}

const linksShape = z.array(z.object({ rel: z.string(), href: z.string() }));

function nextOf(body: Readonly<Record<string, unknown>>, name: string): string | null {
  if (typeof body['next'] === 'string') return body['next'].replace(/^\/v2/, ''); // Glance: from the service's root on
  const links = linksShape.safeParse(body[`${name}_links`]);
  return links.success ? (links.data.find(({ rel }) => rel === 'next')?.href ?? null) : null;
}

function timeOf({ headers }: Answer): number {
  const told = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(told) ? Date.now() : told;
}

/** What the cloud says, as `shape` has it. */
export function read<T>(shape: z.ZodType<T>, value: unknown, what: string): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') ?? '';
  throw new KnownError('PLATFORM_UNAVAILABLE', `The cloud's answer about ${what} is not as OpenStack's are (${where}).`, {
    retryable: true,
  });
}
