import { describe, expect, test } from 'vitest';
import { indexEntries } from './index-page.ts';

const names = (html: string, address = 'https://example.org/pub/') =>
  indexEntries(html, new URL(address))?.map(({ name, kind }) => (kind === 'directory' ? `${name}/` : name)) ?? null;

describe('an index page is told by how servers make them:', () => {
  const entries = '<a href="a.csv">a.csv</a> <a href="sub/">sub/</a>';
  test.each([
    [
      'Apache, with links of its own',
      `<h1>Our data</h1><a href="?C=N;O=D">Name</a> <a href="/">Parent</a> <a href="/about">x</a>${entries}`,
    ],
    ['nginx', `<title>Index of /pub/</title><h1>Index of /pub/</h1><a href="../">../</a>${entries}`],
    ['lighttpd', `<title>Index of /pub/</title><h2>Index of /pub/</h2><a href="../">..</a>/${entries}`],
    ['Python', `<title>Directory listing for /pub/</title>${entries}`],
    [
      'Tomcat',
      `<title>Directory Listing For [/pub/]</title><h1>Directory Listing For [/pub/] - <a href="/"><b>Up To [/]</b></a></h1>${entries}`,
    ],
    ['IIS', `<title>example.org - /pub/</title><h1>example.org - /pub/</h1><a HREF="/">[To Parent Directory]</a>${entries}`],
    ['Caddy', `<title>pub</title><h1><a href="../">/</a><a href="">pub</a></h1><a href="./?sort=name&amp;order=desc">Name</a>${entries}`],
    ['another', `<title>pub</title><a href="../">[..]</a>${entries}<a href="https://example.com/">made by us</a>`],
  ])('%s', (_server, html) => {
    expect(names(html)).toEqual(['a.csv', 'sub/']);
  });

  test.each([
    ['one with a way home', '<a href="/">Home</a>'],
    ['one that names a file', '<title>Our group</title><a href="/">Home</a> <a href="readme.txt">Read this</a>'],
    ['one that has much to say', '<title>pub</title><a href="../">..</a> <a href="/login">Log in</a> <a href="readme.txt">Read this</a>'],
    ['one of a list of another kind', '<title>Index of publications</title><a href="paper.pdf">2026</a>'],
    ['one of a login', '<form action="/login"></form><a href="/forgotten">Forgotten?</a>'],
  ])('%s is none', (_kind, html) => {
    expect(names(html)).toBeNull();
  });
});

test('names are the same however they are encoded', () => {
  const title = '<title>Index of /</title>';
  const links = '<a href="/T=300,p+@:;&amp;$/a=1">x</a><a href="/T%3D300%2Cp%2B%40%3A%3B%26%24/b/">x</a><a href="/T=300/c">x</a>';
  for (const directory of ['T=300,p+@:;&$', encodeURIComponent('T=300,p+@:;&$')])
    expect(names(title + links, `https://example.org/${directory}/`)).toEqual(['a=1', 'b/']);
  expect(names(`${title}<a href="/a/b/c">x</a>`, 'https://example.org/a%2Fb/')).toEqual([]);
});

test('a page with more links than Kiln goes through is refused', () => {
  const page = (count: number) => `<title>Index of /</title>${'<a href=x>x</a>'.repeat(count)}`;
  expect(names(page(1000))).toEqual(['x']);
  expect(() => names(page(100_001))).toThrow(
    expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringContaining('100,000 links') }),
  );
});
