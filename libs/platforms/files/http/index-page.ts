import { Parser } from 'htmlparser2';

export interface IndexEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
}

/**
 * What an index page shows to be directly in its directory, as those of Apache, nginx or Python's http.server do; null if it is no such
 * page. Links to anywhere else count for nothing. `address` is the page's, which ends with a slash.
 */
export function indexEntries(html: string, address: URL): readonly IndexEntry[] | null {
  const { links, base, title } = partsOf(html);
  const from = base !== undefined && URL.canParse(base, address.href) ? new URL(base, address) : address;
  const entries = new Map<string, IndexEntry>();
  let parent = false;
  for (const link of links) {
    if (!URL.canParse(link, from.href)) continue;
    const to = new URL(link, from);
    if (to.origin !== address.origin) continue;
    if (to.pathname.endsWith('/') && to.pathname !== address.pathname && address.pathname.startsWith(to.pathname)) parent = true;
    const entry = entryAt(to, address);
    if (entry && entries.get(entry.name)?.kind !== 'directory') entries.set(entry.name, entry);
  }
  return entries.size > 0 || parent || /\b(index of|(directory|folder) listing|listing of)\b/i.test(title) ? [...entries.values()] : null;
}

/** A name directly below; what is asked for with a query is another view of the page, or made for the question. */
function entryAt({ pathname, search, hash }: URL, { pathname: directory }: URL): IndexEntry | null {
  if (search !== '' || hash !== '' || !pathname.startsWith(directory)) return null;
  const [, part, slash] = /^([^/]+)(\/?)$/.exec(pathname.slice(directory.length)) ?? [];
  if (part === undefined) return null;
  const name = decoded(part);
  if (name === '.' || name === '..' || /[/\0]/.test(name)) return null;
  return { name, kind: slash === '/' ? 'directory' : 'file' };
}

/** What is no UTF-8 keeps a sign in its place, and is not found by that name. */
export function decoded(part: string): string {
  const bytes = part.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return new TextDecoder().decode(Buffer.from(bytes, 'latin1')); // a path of a URL is ASCII
}

function partsOf(html: string) {
  const links: string[] = [];
  let base: string | undefined;
  let title = '';
  let heading = false;
  const parser = new Parser({
    onopentag(name, { href }) {
      if (name === 'a' && href !== undefined) links.push(href);
      if (name === 'base') base ??= href;
      heading = name === 'title' || name === 'h1';
    },
    ontext(text) {
      if (heading) title += ` ${text}`;
    },
    onclosetag() {
      heading = false;
    },
  });
  parser.end(html);
  return { links, base, title };
}
