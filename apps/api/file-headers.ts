import { extname } from 'node:path';

/** What a browser may show by itself; everything else it only saves. */
const SHOWN: Readonly<Record<string, string>> = {
  '.txt': 'text/plain; charset=utf-8',
  '.log': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
  '.pdf': 'application/pdf',
};

const NOTHING = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";
/** Browsers show no PDF in a sandbox; their viewers run what is in one in a place of their own, not in ours. */
const PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** Headers for a file that somebody's program wrote: whatever is in it, it cannot act as a page of ours. */
export function fileHeaders(name: string, download: boolean): Record<string, string> {
  const type = SHOWN[extname(name).toLowerCase()];
  const how = type === undefined || download ? 'attachment' : 'inline';
  return {
    'Content-Type': type ?? 'application/octet-stream',
    // RFC 6266 and RFC 8187: the plain name for old programs, the exact one for all others.
    'Content-Disposition': `${how}; filename="${name.replaceAll(/[^\w. -]/g, '_')}"; filename*=UTF-8''${encoded(name)}`,
    'Content-Security-Policy': type === 'application/pdf' ? PDF : `${NOTHING}; sandbox`,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, no-cache',
  };
}

function encoded(name: string): string {
  return encodeURIComponent(name).replaceAll(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}
