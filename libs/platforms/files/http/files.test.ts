import { symlink } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contentsOf } from '../../contract/reading-contract.ts';
import { type WebFolder, webFolder } from '../../testing/web-folder.ts';

let web: WebFolder;
beforeEach(async () => {
  web = await webFolder();
});
afterEach(() => web.close());

const LOGIN = '<form>Log in</form></html>';
const page = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/html', 'content-length': LOGIN.length }).end(LOGIN);

describe('a page is not taken for a file', () => {
  const refused = async (path: string) => {
    const sentence = { code: 'LOGIN_REFUSED', message: expect.stringContaining('gives a page of its own') };
    await expect(web.storage().stat(path)).rejects.toMatchObject(sentence);
    await expect(web.storage().read(path, 0, 4)).rejects.toMatchObject(sentence);
    await expect(contentsOf(web.storage().packFile(path))).rejects.toMatchObject(sentence);
  };

  test('of a name that is no page’s, though it has the address of the file', async () => {
    web.instead('/data.csv', page);
    await refused('a/data.csv');
  });

  test('of a page’s name, where another address is led on to', async () => {
    await web.put({ 'a/report.html': 'x' });
    web.server.instead = ({ url }, response) => {
      if (url === '/login') page(response);
      else if (url === '/a/report.html') response.writeHead(302, { location: '/login' }).end();
      return url === '/login' || url === '/a/report.html';
    };
    await refused('a/report.html');
    web.instead('/report.html', page);
    expect(await contentsOf(web.storage().packFile('a/report.html'))).toEqual({ 'report.html': LOGIN });
  });

  test('where an index page shows a folder without a slash', async () => {
    await symlink('1', join(web.root, 'a', 'latest'));
    const links = '<title>Index of /a/</title><a href="latest">x</a><a href="note">x</a></html>';
    web.instead('/a/', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(links));
    expect(await contentsOf(web.storage().pack('a'))).toEqual({ 'latest/n': 'one\n', note: 'four' });
  });
});

test('a file that is packed on its way is refused, unless it has the name of one that is packed', async () => {
  await web.put({ 't.csv': 'packed', 't.csv.gz': 'packed' });
  const packed = (response: ServerResponse) => response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': 6 }).end('packed');
  const sentence = { code: 'BAD_INPUT', message: expect.stringContaining('only as gzip packs it') };
  web.instead('/t.csv', packed);
  await expect(contentsOf(web.storage().packFile('t.csv'))).rejects.toMatchObject(sentence);
  await expect(web.storage().read('t.csv', 0, 4)).rejects.toMatchObject(sentence);
  web.instead('/t.csv.gz', packed);
  expect(await contentsOf(web.storage().packFile('t.csv.gz'))).toEqual({ 't.csv.gz': 'packed' });
});

test('a part that nobody asked for is taken only if it is the beginning', async () => {
  const part = (range: string, text: string) =>
    web.instead('/note', (response) =>
      response.writeHead(206, { 'content-range': range, 'content-length': text.length, etag: '"1"' }).end(text),
    );
  part('bytes 2-3/4', 'ur');
  await expect(contentsOf(web.storage().packFile('a/note'))).rejects.toMatchObject({
    message: expect.stringContaining('without its beginning'),
  });
  part('bytes 0-3/4', 'four');
  expect(await contentsOf(web.storage().packFile('a/note'))).toEqual({ note: 'four' });
});

test.each([200, 400, 403, 404, 405, 500])('what HEAD answers (%i) is not believed where GET gives a file', async (status) => {
  web.server.instead = ({ method }, response) =>
    method === 'HEAD' && Boolean(response.writeHead(status, status === 200 ? { 'content-length': 0 } : {}).end());
  expect(await web.storage().stat('a/note')).toMatchObject({ name: 'note', kind: 'file', size: 4 });
});

test.each(['Wed, 31 Dec 1969 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT'])('the time %s is left out of an archive', async (time) => {
  web.instead('/note', (response) => response.writeHead(200, { 'content-length': 4, 'last-modified': time }).end('four'));
  const header = Buffer.from(await buffer(web.storage().packFile('a/note'))).toString('latin1', 136, 148); // where its time is
  expect(Number.parseInt(header, 8) * 1000).toBeLessThanOrEqual(Date.now());
  expect(Number.parseInt(header, 8)).toBeGreaterThan(0);
});
