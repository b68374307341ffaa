import { mkdir, rm, symlink } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contentsOf, readingTests } from '../../contract/reading-contract.ts';
import { type WebFolder, webFolder } from '../../testing/web-folder.ts';

let web: WebFolder;
beforeEach(async () => {
  web = await webFolder();
});
afterEach(() => web.close());

const text = async (bytes: Promise<Uint8Array>) => new TextDecoder().decode(await bytes);
const names = async (path: string) => (await web.storage().list(path)).map(({ name, kind }) => (kind === 'directory' ? `${name}/` : name));
const page = (links: readonly string[]) => `<title>Index of /</title>${links.map((link) => `<a href="${link}">x</a>`).join('')}</html>`;

describe.each(['apache', 'nginx', 'python'] as const)('a web server with index pages like those of %s', (style) => {
  beforeEach(() => {
    web.server.style = style;
  });
  readingTests(() => ({ storage: web.storage() }));

  test('shows files and folders of any name, and what is in them', async () => {
    const odd = ['-rf', 'say "hi"', "it's", '<b>', 'wéird ☃ %2e', '#?&', '100%', 'a\\b', 'a+b', 'x;y', ' two '];
    await web.put(
      Object.fromEntries(
        odd.flatMap((name) => [
          [`odd/${name}`, name],
          [`odd/d ${name}/n`, name],
        ]),
      ),
    );
    expect((await names('odd')).sort()).toEqual(odd.flatMap((name) => [name, `d ${name}/`]).sort());
    for (const name of odd) {
      expect(await text(web.storage().read(`odd/${name}`, 0, 100))).toBe(name);
      expect(await text(web.storage({ url: `${web.server.url}/odd` }).read(`d ${name}/n`, 0, 100))).toBe(name);
    }
    expect(Object.keys(await contentsOf(web.storage().pack('odd')))).toHaveLength(2 * odd.length);
  });

  test('has empty folders, and an empty root', async () => {
    await mkdir(join(web.root, 'empty'));
    expect(await names('empty')).toEqual([]);
    await rm(join(web.root, 'a'), { recursive: true });
    expect(await names('')).toEqual(['empty/']);
  });
});

test('an index page leads nowhere but to what is directly below it', async () => {
  const links = [
    ...[
      '/etc/passwd',
      '../x',
      'note/../../x',
      '%2e%2e/',
      '%2e%2e',
      'a%2Fb',
      'a%00b',
      'deep/er',
      'n?x=y',
      '?C=N;O=D',
      '#top',
      '//example.org/a/n',
      './',
    ],
    ...[
      'javascript:alert(1)',
      'mailto:ann@example.org',
      'http://[',
      `${web.other.url}/a/n`,
      '',
      'note',
      './note',
      '/a/note#x',
      '/a/1/',
      '1',
      '%C3%BC',
      'caf%E9',
    ],
  ];
  web.instead('/a/', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page(links)));
  await web.put({ 'a/ü': 'u' });
  expect(await names('a')).toEqual(['1/', 'note', 'ü']);
  await expect(contentsOf(web.storage().pack('a'))).rejects.toMatchObject({ code: 'NOT_FOUND' }); // of what it lists, one is not there
});

test('a folder is found though the server encodes fewer signs of its name', async () => {
  await web.put({ 'T=300,p/a=1': 'x' });
  web.server.instead = (request, response) => {
    if (request.url === '/T%3D300%2Cp') response.writeHead(301, { location: '/T=300,p/' }).end();
    else if (request.url === '/T%3D300%2Cp/') response.writeHead(200, { 'content-type': 'text/html' }).end(page(['/T=300,p/a=1']));
    else return false;
    return true;
  };
  expect(await web.storage().stat('T=300,p')).toMatchObject({ kind: 'directory' });
  expect(await names('T=300,p')).toEqual(['a=1']);
});

test('an index page of more than 8 MiB is refused', async () => {
  web.instead('/a/', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(Buffer.alloc(8 * 1024 * 1024 + 1, ' ')));
  await expect(web.storage().list('a')).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('more than 8 MiB') });
});

test('an index page that came in part is not taken for whole', async () => {
  web.instead('/a/', (response) => {
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, { 'content-type': 'text/html', connection: 'close' }).end(page(['note']).replace('</html>', ''));
  });
  await expect(web.storage().list('a')).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE', retryable: true });
});

test('where there is no index page, a file is found by its name, and nothing else is', async () => {
  const sentence = { code: 'BAD_INPUT', retryable: false, message: expect.stringContaining('has no index page') };
  const own = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Our group</h1></html>');
  for (const change of [() => Object.assign(web.server, { index: false }), () => web.instead('/a/', own)]) {
    change();
    await expect(web.storage().list('a')).rejects.toMatchObject(sentence);
    await expect(contentsOf(web.storage().pack('a'))).rejects.toMatchObject(sentence);
    const found = await web.storage().page('a', { search: 'note', first: 10, after: null });
    expect(found).toMatchObject({ entries: [{ name: 'note', size: 4 }], total: 1, more: false });
    await expect(web.storage().page('a', { search: 'not', first: 10, after: null })).rejects.toMatchObject(sentence);
    expect(await contentsOf(web.storage().packFile('a/note'))).toEqual({ note: 'four' });
    Object.assign(web.server, { index: true });
  }
});

test('a folder is one also where the server does not lead on to its slash, and a page is none', async () => {
  web.instead('/a', (response) => response.writeHead(200, { 'content-type': 'text/html', 'content-length': 10 }).end('<a href=n>'));
  expect(await web.storage().stat('a')).toMatchObject({ name: 'a', kind: 'directory' });
  web.instead('/a/1/n', (response) => response.writeHead(200, { 'content-type': 'text/html', 'content-length': 10 }).end('<a href=n>'));
  expect(await web.storage().stat('a/1/n')).toMatchObject({ name: 'n', kind: 'file', size: 10 });
});

test('a link of the server that leads back is found out', async () => {
  await symlink('..', join(web.root, 'a', 'up'));
  const message = expect.stringContaining('does a link on the server lead back');
  await expect(contentsOf(web.storage().pack('a'))).rejects.toMatchObject({ code: 'BAD_INPUT', message });
});

test('nothing is written', async () => {
  const storage = web.storage();
  const calls = [
    ...[() => storage.open('x'), () => storage.probe('x'), () => storage.remove(['x']), () => storage.copy('a', 'x')],
    ...[() => storage.unpack('x', storage.pack('a')), () => storage.assemble('x', [])],
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'STORAGE_UNWRITABLE', retryable: false });
});
