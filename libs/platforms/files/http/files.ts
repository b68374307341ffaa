import { type FileEntry, KnownError } from '@kiln/domain';
import { isHidden } from '../hidden.ts';
import { decoded, type IndexEntry, indexEntries } from './index-page.ts';
import { isMissing, nothingAt, refusal } from './trouble.ts';
import type { Web, WebAnswer } from './web.ts';

/** Of an index page. */
const MOST_BYTES = 8 * 1024 * 1024;

export type Found = 'directory' | Omit<FileEntry, 'name'>;

/** What is at a path; null if nothing is. */
export async function look(web: Web, path: string): Promise<Found | null> {
  const head = await web.ask(path, { method: 'HEAD' });
  head.drop();
  if (head.directory || (head.status === 200 && (sizeOf(head) ?? 0) > 0)) return foundIn(web, head, path);
  // Some servers do not know HEAD, or answer it otherwise than what it stands for.
  const first = await web.ask(path, { headers: { range: 'bytes=0-0' } });
  first.drop();
  return foundIn(web, first, path);
}

/** Some servers show a directory without leading on to its address with a slash. */
async function showsDirectory(web: Web, answer: WebAnswer, path: string): Promise<boolean> {
  if (!isGiven(answer) || !isHtml(answer) || isPage(path)) return false;
  return indexOf(web, path).then(
    () => true,
    (error) => {
      if (error instanceof KnownError && !error.retryable) return false;
      throw error;
    },
  );
}

async function foundIn(web: Web, answer: WebAnswer, path: string): Promise<Found | null> {
  if (answer.directory || (await showsDirectory(web, answer, path))) return 'directory';
  if (isMissing(answer)) return null;
  const empty = answer.status === 416 && rangeOf(answer)?.total === 0;
  if (!empty) needFile(answer, path);
  return { kind: 'file', size: empty ? 0 : neededSize(answer, path), modifiedAt: modifiedAt(answer) };
}

/** @throws KnownError if an answer is not the file at `path`, or a part of it */
export function needFile(answer: WebAnswer, path: string): void {
  if (answer.directory) throw new KnownError('BAD_INPUT', `“${path}” is no regular file.`);
  if (isMissing(answer)) throw nothingAt(path);
  if (!isGiven(answer)) throw refusal(answer);
  const name = path.split('/').at(-1) ?? '';
  if (isHtml(answer) && !mayBePage(name, answer.url)) {
    throw new KnownError('LOGIN_REFUSED', `${answer.url.origin} gives a page of its own in place of “${path}”: it may want a login.`);
  }
  const coding = answer.headers['content-encoding']?.trim().toLowerCase() || 'identity';
  if (coding !== 'identity' && !CODED[coding]?.test(name)) {
    throw new KnownError(
      'BAD_INPUT',
      `The server gives “${path}” only as ${coding} packs it, and not as it is: let it send files unpacked.`,
    );
  }
}

/** Names of files that are packed so: the bytes that come are theirs. https://www.iana.org/assignments/http-parameters */
const CODED: Readonly<Record<string, RegExp>> = {
  ...{ gzip: /\.(b?gz|gzip|tgz|svgz)$/i, 'x-gzip': /\.(b?gz|gzip|tgz|svgz)$/i },
  ...{ compress: /\.(Z|taz)$/, 'x-compress': /\.(Z|taz)$/ },
  ...{ bzip2: /\.(bz2|tbz2?)$/i, 'x-bzip2': /\.(bz2|tbz2?)$/i, 'x-xz': /\.(xz|txz)$/i, xz: /\.(xz|txz)$/i },
  ...{ br: /\.br$/i, zstd: /\.(zst|tzst)$/i },
};

/** Who wants a login, or has no such file, gives a page that says so, at its own address or elsewhere, which must not be taken for the file. */
function mayBePage(name: string, { pathname }: URL): boolean {
  return decoded(pathname.split('/').at(-1) ?? '') === name && (isPage(name) || !hasExtension(name));
}

export function hasExtension(name: string): boolean {
  return /[^/]\.[^./]+$/.test(name);
}

function isGiven({ status }: WebAnswer): boolean {
  return status === 200 || status === 206;
}

/** @throws KnownError if there is no telling whether all of the file comes */
export function neededSize(answer: WebAnswer, path: string): number {
  const size = sizeOf(answer);
  if (size !== null) return size;
  throw new KnownError('BAD_INPUT', `The server does not tell the size of “${path}”, so Kiln cannot know whether all of it arrives.`);
}

/** Bytes of the whole file. */
export function sizeOf(answer: WebAnswer): number | null {
  if (answer.status === 206) return rangeOf(answer)?.total ?? null;
  const length = answer.headers['content-length'];
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-content-range; null if it is not told, or not of one part in bytes. */
export function rangeOf({ headers }: WebAnswer): { readonly start: number; readonly end: number; readonly total: number | null } | null {
  const match = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/.exec(headers['content-range'] ?? '');
  if (!match) return null;
  const [, first, last, total] = match;
  return { start: Number(first ?? 0), end: Number(last ?? -1) + 1, total: total === '*' ? null : Number(total) };
}

export function modifiedAt({ headers }: WebAnswer): string | null {
  const time = Date.parse(headers['last-modified'] ?? '');
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** What its index page shows to be in a directory. @throws KnownError NOT_FOUND, or `NoIndex` if there is no such page */
export async function indexOf(web: Web, path: string): Promise<readonly IndexEntry[]> {
  const answer = await web.ask(path === '' ? '' : `${path}/`, { headers: { accept: 'text/html' } });
  try {
    if (isMissing(answer)) throw path === '' ? new NoIndex(web, path) : nothingAt(path, 'directory');
    if (answer.status === 403) throw new NoIndex(web, path, ' or does not show it to this login (403)');
    if (answer.status !== 200) throw refusal(answer);
    const entries = isHtml(answer) && isOf(answer, path, web) ? indexEntries(await textOf(answer, web), answer.url) : null;
    if (!entries) throw new NoIndex(web, path);
    return entries.filter(({ name }) => !isHidden(name));
  } finally {
    answer.drop();
  }
}

export class NoIndex extends KnownError {
  constructor(web: Web, path: string, more = '') {
    const place = path === '' ? web.base.href : `${web.address(path).href}/`;
    super(
      'BAD_INPUT',
      `${place} has no index page that lists its files${more}, so Kiln cannot tell what is there: name one of its files instead.`,
    );
  }
}

/** Whoever is led on to another directory of the same name is where the files are, and not at a login. */
function isOf({ url }: WebAnswer, path: string, web: Web): boolean {
  const lastName = ({ pathname }: URL) => decoded(pathname.split('/').at(-2) ?? '');
  return url.pathname.endsWith('/') && lastName(url) === lastName(web.address(path === '' ? '' : `${path}/`));
}

function isPage(path: string): boolean {
  return /\.[xs]?html?$/i.test(path);
}

function isHtml({ headers }: WebAnswer): boolean {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? '');
}

async function textOf({ body, headers, url }: WebAnswer, web: Web): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > MOST_BYTES)
      throw new KnownError(
        'BAD_INPUT',
        `The index page ${url.origin}${url.pathname} has more than 8 MiB; pack what it shows into archives.`,
      );
    pieces.push(piece);
  }
  const length = headers['content-length'];
  const text = decodedAs(Buffer.concat(pieces), headers['content-type']);
  // Where neither a length nor chunks tell where it ends, only the page can.
  const whole = length !== undefined ? Number(length) === size : headers['transfer-encoding'] !== undefined || /<\/html>/i.test(text);
  if (!whole) throw web.trouble(new Error('an index page came only in part'));
  return text;
}

function decodedAs(bytes: Buffer, type = ''): string {
  const charset = /charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8'); // a character set that nobody knows
  }
}
