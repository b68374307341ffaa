import { KnownError } from '@kiln/domain';
import { Parser } from 'htmlparser2';

export interface IndexEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
}

const MOST_LINKS = 100_000;

/**
 * What an index page shows to be directly in its directory; null if it is no such page. Links to anywhere else count for nothing. `address`
 * is the page's, which ends with a slash.
 * @throws KnownError BAD_INPUT if there are too many links
 */
export function indexEntries(html: string, address: URL): readonly IndexEntry[] | null {
  const { links, base, headings } = partsOf(html, address);
  const from = (base !== undefined && resolved(base, address)) || address;
  const here = directoryOf(address);
  const entries = new Map<string, IndexEntry>();
  let listing = headings.some((heading) => isHeading(heading, here));
  let told = false;
  let stray = false;
  for (const { href, text } of links) {
    const to = resolved(href, from);
    if (to?.origin !== address.origin) continue;
    const below = pathBelow(to.pathname, here);
    const entry = below === null || to.search !== '' || to.hash !== '' ? null : entryOf(below);
    if (entry && entries.get(entry.name)?.kind !== 'directory') entries.set(entry.name, entry);
    const above = to.pathname.endsWith('/') && pathBelow(address.pathname, directoryOf(to)) !== null;
    listing ||= below === '' && APACHE_COLUMN.test(to.search);
    told ||= (below === '' && COLUMN.test(to.search)) || (above && below === null && PARENT.test(text));
    stray ||= !entry && below !== '' && !above;
  }
  return listing || (told && !stray) ? [...entries.values()] : null;
}

/** Of Apache, nginx, lighttpd, Python's http.server and Tomcat; of IIS, which names its host first. */
function isHeading(text: string, here: readonly string[]): boolean {
  if (/^\s*(index of|directory listing (for|of)|listing (of )?directory|directory:)\s+\[?\//i.test(text)) return true;
  return /^\s*\S+ - (\/.*?)\s*$/.exec(text)?.[1] === ['', ...here, ''].join('/');
}

/** A link to the same page in another order. */
const APACHE_COLUMN = /^\?C=[NMSD][;&]O=[AD]$/;
const COLUMN = /[?&](C|sort)=/;
/** What a link to the directory above is called, where a page has no heading that tells, as those of Caddy. */
const PARENT = /^\s*(\[?\.\.\]?\/?|\[?(to )?parent (directory|folder)\]?|up( to .*)?|go up)\s*$/i;

/** Its names; what precedes the last slash of an address. */
function directoryOf({ pathname }: URL): readonly string[] {
  return pathname.split('/').slice(1, -1).map(decoded);
}

/** What of a path is below a directory, however either is encoded; null if it is not below it. */
function pathBelow(pathname: string, directory: readonly string[]): string | null {
  const names = pathname.split('/').slice(1);
  const within = names.length > directory.length && directory.every((name, i) => names[i] === name || decoded(names[i] ?? '') === name);
  return within ? names.slice(directory.length).join('/') : null;
}

/** A name directly below. */
function entryOf(below: string): IndexEntry | null {
  const [, part, slash] = /^([^/]+)(\/?)$/.exec(below) ?? [];
  if (part === undefined) return null;
  const name = decoded(part);
  if (name === '.' || name === '..' || /[/\0]/.test(name)) return null;
  return { name, kind: slash === '/' ? 'directory' : 'file' };
}

/** What is no UTF-8 keeps a sign in its place, and is not found by that name. */
export function decoded(part: string): string {
  if (!part.includes('%')) return part;
  const bytes = part.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return new TextDecoder().decode(Buffer.from(bytes, 'latin1')); // a path of a URL is ASCII
}

function resolved(link: string, from: URL): URL | null {
  try {
    return new URL(link, from);
  } catch {
    return null; // no address
  }
}

const LONGEST_TEXT = 1000;

function partsOf(html: string, address: URL) {
  const links: { readonly href: string; text: string }[] = [];
  const headings: { text: string }[] = [];
  let base: string | undefined;
  let within: { text: string } | undefined;
  const parser = new Parser({
    onopentag(name, { href }) {
      if (name === 'base') base ??= href;
      if (name === 'a' && href !== undefined) {
        if (links.length === MOST_LINKS) throw tooMany(address);
        within = { text: '' };
        links.push(Object.assign(within, { href }));
      } else if (name === 'title' || name === 'h1') {
        within = { text: '' };
        headings.push(within);
      }
    },
    ontext(text) {
      if (within && within.text.length < LONGEST_TEXT) within.text += text;
    },
    onclosetag(name) {
      if (name === 'a' || name === 'title' || name === 'h1') within = undefined;
    },
  });
  parser.end(html);
  return { links, base, headings: headings.map(({ text }) => text) };
}

function tooMany({ origin, pathname }: URL): KnownError {
  const most = MOST_LINKS.toLocaleString('en');
  return new KnownError('BAD_INPUT', `The index page ${origin}${pathname} has more than ${most} links; pack what it shows into archives.`);
}
