import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';

/** A web server that shows a directory, with index pages as others make them. What it does can be changed while it runs. */
export interface WebServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** What was asked for, as in `GET /a/note bytes=1-2`. */
  readonly requests: string[];
  style: keyof typeof STYLES;
  /** Whether directories have index pages. */
  index: boolean;
  /** Whether it gives parts of files. */
  ranges: boolean;
  /** What tells versions of a file apart. */
  validator: 'etag' | 'time' | 'none';
  /** The header that lets somebody in; null lets in everybody. */
  authorization: string | null;
  /** After so many bytes the connections of the next answers with files are cut, one after the other. */
  readonly cuts: number[];
  /** Answers in place of the server, and says so. */
  instead: (request: IncomingMessage, response: ServerResponse) => boolean;
  close(): Promise<void>;
}

export async function webServer(directory: string): Promise<WebServer> {
  const http = createServer((request, response) => {
    answer(server, directory, request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (!address || typeof address === 'string') throw new Error('The server has no port.');
  const server: WebServer = {
    url: `http://127.0.0.1:${address.port}`,
    requests: [],
    style: 'nginx',
    index: true,
    ranges: true,
    validator: 'etag',
    authorization: null,
    cuts: [],
    instead: () => false,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

async function answer(server: WebServer, directory: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '', server.url);
  server.requests.push([request.method, pathname, request.headers.range].filter(Boolean).join(' '));
  if (server.instead(request, response)) return;
  const status = (code: number, headers = {}) => void response.writeHead(code, { 'content-type': 'text/html', ...headers }).end(`${code}`);
  if (server.authorization !== null && request.headers.authorization !== server.authorization) return status(401);
  const path = join(directory, decodeURIComponent(pathname));
  const found = await stat(path).catch(() => null);
  if (!found || (!found.isDirectory() && pathname.endsWith('/'))) return status(404);
  if (found.isDirectory() && !pathname.endsWith('/')) return status(301, { location: `${pathname}/` });
  if (!found.isDirectory()) return sendFile(server, path, found, request, response);
  if (!server.index) return status(403);
  const page = STYLES[server.style](pathname, await namesIn(path));
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': Buffer.byteLength(page) }).end(page);
}

function sendFile(
  server: WebServer,
  path: string,
  { size, mtimeMs }: { size: number; mtimeMs: number },
  { method, headers: { range, 'if-range': condition } }: IncomingMessage,
  response: ServerResponse,
): void {
  const etag = `"${size}-${mtimeMs}"`;
  const modified = new Date(mtimeMs).toUTCString();
  const headers = {
    ...(server.validator === 'etag' && { etag }),
    ...(server.validator !== 'none' && { 'last-modified': modified }),
    'accept-ranges': server.ranges ? 'bytes' : 'none',
    'content-type': 'application/octet-stream',
  };
  const wanted = server.ranges && (condition === undefined || condition === etag || condition === modified) ? range : undefined;
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(wanted ?? '') ?? [];
  const start = Number(first ?? 0);
  const end = Math.min(size, last ? Number(last) + 1 : size);
  if (first !== undefined && start >= size) return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
  const part = first !== undefined && { 'content-range': `bytes ${start}-${end - 1}/${size}` };
  response.writeHead(part ? 206 : 200, { ...headers, ...part, 'content-length': end - start });
  if (method === 'HEAD' || end === start) return void response.end();
  const cut = server.cuts.shift();
  const stream = createReadStream(path, { start, end: Math.min(end, start + (cut ?? size)) - 1 });
  stream.on('error', () => response.destroy());
  stream.pipe(response, { end: cut === undefined });
  if (cut !== undefined) stream.on('end', () => setImmediate(() => response.socket?.end(() => response.destroy())));
}

async function namesIn(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  const kinds = await Promise.all(names.map((name) => stat(join(directory, name)).catch(() => null)));
  return names.map((name, i) => (kinds[i]?.isDirectory() ? `${name}/` : name));
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const encoded = (name: string) => escaped(name.split('/').map(encodeURIComponent).join('/'));

/** Pages as servers write them, from the path and the names in it. */
const STYLES = {
  apache: (path: string, names: readonly string[]) => `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html><head><title>Index of ${escaped(path)}</title></head><body><h1>Index of ${escaped(path)}</h1><table>
<tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>
<tr><td><a href="${escaped(path.replace(/[^/]+\/$/, ''))}">Parent Directory</a></td></tr>
${names.map((name) => `<tr><td><img src="/icons/text.gif"></td><td><a href="${encoded(name)}">${escaped(name)}</a></td><td>2026-01-01 10:00</td></tr>`).join('\n')}
</table><address>Apache/2.4 Server at <a href="http://example.org/">example.org</a></address></body></html>`,
  nginx: (path: string, names: readonly string[]) => `<html>\r
<head><title>Index of ${escaped(path)}</title></head>\r
<body>\r
<h1>Index of ${escaped(path)}</h1><hr><pre><a href="../">../</a>\r
${names.map((name) => `<a href="${encoded(name)}">${escaped(name.slice(0, 47))}</a>   01-Jan-2026 10:00   12\r\n`).join('')}</pre><hr></body>\r
</html>\r
`,
  python: (path: string, names: readonly string[]) => `<!DOCTYPE HTML>
<html lang="en"><head><meta charset="utf-8"><title>Directory listing for ${escaped(path)}</title></head><body>
<h1>Directory listing for ${escaped(path)}</h1><hr><ul>
${names.map((name) => `<li><a href="${encoded(name)}">${escaped(name)}</a></li>`).join('\n')}
</ul><hr></body></html>`,
} as const;
