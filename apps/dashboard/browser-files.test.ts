import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults, hasBrowser, openBrowser } from './testing/browser.ts';
import { kilnUp } from './testing/kiln-up.ts';

if (!hasBrowser && process.env['CI'] === 'true') throw new Error('There is no Chromium; `npm test` installs it.');

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe.runIf(hasBrowser)('files in the dashboard', () => {
  let kiln: Awaited<ReturnType<typeof kilnUp>>;
  let browser: Browser;
  let page: Page;
  let root: string;
  const errors: string[] = [];

  beforeAll(async () => {
    [kiln, browser] = await Promise.all([kilnUp(), openBrowser()]);
    root = join(kiln.home, 'outputs');
    await mkdir(join(root, 'lab', 'many'), { recursive: true });
    const rows = Array.from({ length: 50 }, (_, n) => `${n},${Math.sin(n / 5)},run ${n}`);
    await writeFile(join(root, 'lab', 'wave.csv'), `t,height,name\n${rows.join('\n')}\n`);
    await writeFile(join(root, 'lab', 'facts.json'), '{"a":[1,2]}');
    await writeFile(join(root, 'lab', 'long.txt'), 'line\n'.repeat(100_000));
    await writeFile(join(root, 'lab', 'page.html'), '<script>document.title = "stolen"</script>');
    await writeFile(join(root, 'lab', 'dot.png'), Buffer.from(PIXEL, 'base64'));
    await writeFile(join(root, 'lab', 'paper.pdf'), '%PDF-1.4\n');
    for (let n = 1; n <= 250; n += 1) await writeFile(join(root, 'lab', 'many', `file ${n}`), '');
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(await kiln.signInLink());
    await page.getByRole('heading', { name: 'Connectors' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await kiln?.close();
  });

  const open = (name: string) => page.getByRole('table', { name: 'Files and folders' }).getByRole('link', { name, exact: true }).click();
  const preview = (name: string) => page.getByRole('region', { name: `Preview of ${name}` });

  test('a storage is browsed from its page, and what is in files is shown as what it is', { timeout: 180_000 }, async () => {
    await page.goto(`${kiln.url}/platforms/local`);
    await page.getByRole('link', { name: 'Browse files' }).click();
    await open('lab');
    await open('facts.json');
    await preview('facts.json').getByText('"a": [').waitFor();
    await open('dot.png');
    await preview('dot.png').getByRole('img').waitFor();
    await open('paper.pdf');
    expect(
      await preview('paper.pdf')
        .getByRole('link', { name: /Open the PDF/ })
        .getAttribute('href'),
    ).toBe('/files/storages/local/lab/paper.pdf');
    await open('long.txt');
    await preview('long.txt').getByRole('button', { name: 'Load more' }).click();
    await preview('long.txt').getByRole('button', { name: 'Load more' }).waitFor({ state: 'detached' });
    await open('page.html');
    await preview('page.html').getByText('<script>').waitFor();
    expect(await page.title()).not.toBe('stolen');
    await open('wave.csv');
    await preview('wave.csv').getByRole('cell', { name: 'run 7' }).waitFor();
    await preview('wave.csv').getByText('Plot', { exact: true }).click();
    await preview('wave.csv')
      .getByRole('img', { name: /^height by t of 50 rows: from -0\.9962 \(row 25\)/ })
      .waitFor();
  });

  test('a large folder comes in parts and is searched, and the address leads back to it', { timeout: 180_000 }, async () => {
    await page.goto(`${kiln.url}/platforms/local/files?path=lab%2Fmany`);
    await page.getByText('200 of 250').waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByText('250 of 250').waitFor();
    await page.getByRole('searchbox', { name: 'Search in this folder' }).fill('FILE 24');
    await page.getByText('11 of 11').waitFor();
    await page.getByRole('navigation', { name: 'Folder' }).getByRole('link', { name: 'lab' }).click();
    await page.getByRole('link', { name: 'wave.csv', exact: true }).waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download folder' }).click();
    expect((await downloading).suggestedFilename()).toBe('lab.tar');
  });

  test('files and folders are uploaded by choosing and by dropping them', { timeout: 180_000 }, async () => {
    await page.goto(`${kiln.url}/platforms/local/files?path=lab`);
    const large = Buffer.alloc(9_000_000, 'x');
    const files = [
      { name: 'large.bin', mimeType: 'application/octet-stream', buffer: large },
      { name: '-rf "wéird".txt', mimeType: 'text/plain', buffer: Buffer.from('odd') },
    ];
    await page.getByLabel('Upload files').last().setInputFiles(files);
    await page.getByText('2 of 2 files uploaded').waitFor();
    await page.getByRole('link', { name: 'large.bin', exact: true }).waitFor();
    expect((await readFile(join(root, 'lab', 'large.bin'))).equals(large)).toBe(true);
    expect(await readFile(join(root, 'lab', '-rf "wéird".txt'), 'utf8')).toBe('odd');
    await page.getByRole('button', { name: 'Clear the list' }).click();

    const dropped = await page.evaluateHandle(
      '(() => { const t = new DataTransfer(); t.items.add(new File(["hi"], "dropped.txt")); return t; })()',
    );
    await page.getByRole('navigation', { name: 'Folder' }).dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByText('1 of 1 file uploaded').waitFor();
    expect(await readFile(join(root, 'lab', 'dropped.txt'), 'utf8')).toBe('hi');
  });

  test('an upload that broke off tells why, is tried again and goes on where it was', { timeout: 180_000 }, async () => {
    await page.goto(`${kiln.url}/platforms/local/files?path=lab`);
    await page.getByRole('link', { name: 'wave.csv', exact: true }).waitFor();
    let pieces = 0;
    await page.route('**/files/storages/**offset=*', (route) => {
      pieces += 1;
      return pieces === 2 ? route.fulfill({ status: 502, json: { errors: [{ message: 'The line was cut.' }] } }) : route.continue();
    });
    const buffer = Buffer.alloc(9_000_000, 'y');
    await page.getByLabel('Upload files').last().setInputFiles({ name: 'cut.bin', mimeType: 'application/octet-stream', buffer });
    await page.getByRole('alert').filter({ hasText: 'The line was cut.' }).waitFor();
    expect((await readdir(join(root, 'lab'))).filter((name) => name.startsWith('.kiln-upload-'))).toHaveLength(1);
    await page.getByRole('button', { name: /^Try again: .*cut\.bin/ }).click();
    await page.getByText('1 of 1 file uploaded').waitFor();
    expect(pieces).toBe(4); // the one that came before was not sent twice
    expect((await readFile(join(root, 'lab', 'cut.bin'))).equals(buffer)).toBe(true);
    await page.unroute('**/files/storages/**offset=*');
  });

  test('a piece that changes on its way is told, however large its file is, and is sent again', { timeout: 180_000 }, async () => {
    await page.goto(`${kiln.url}/platforms/local/files?path=lab`);
    await page.getByRole('link', { name: 'wave.csv', exact: true }).waitFor();
    const size = 70_000_000;
    const last = size - (size % (4 * 1024 * 1024));
    const buffer = Buffer.alloc(size, 'y');
    await writeFile(join(kiln.home, 'great.bin'), buffer);
    let changed = 0;
    await page.route(`**/files/storages/**offset=${last}&*`, (route) => {
      changed += 1;
      return changed === 1 ? route.continue({ postData: Buffer.alloc(size - last, 'z') }) : route.continue();
    });
    await page.getByLabel('Upload files').last().setInputFiles(join(kiln.home, 'great.bin'));
    await page
      .getByRole('alert')
      .filter({ hasText: /did not arrive as it was sent/ })
      .waitFor();
    const ended = page.waitForRequest((request) => /&end&sums=[0-9a-f]{64}$/.test(request.url()));
    await page.getByRole('button', { name: /^Try again: .*great\.bin/ }).click();
    await ended;
    await page.getByText('1 of 1 file uploaded').waitFor();
    expect(changed).toBe(2);
    expect((await readFile(join(root, 'lab', 'great.bin'))).equals(buffer)).toBe(true);
    await page.unroute(`**/files/storages/**offset=${last}&*`);
  });

  test('is free of what axe finds, and fits a phone, in light and dark', { timeout: 180_000 }, async () => {
    const paths = ['/platforms/local/files', '/platforms/local/files?path=lab&file=lab%2Fwave.csv', '/platforms/local'];
    const see = async () => {
      if (page.url().includes('wave')) await preview('wave.csv').getByText('Plot', { exact: true }).click();
    };
    expect(
      await faults(
        page,
        paths.map((path) => kiln.url + path),
        see,
      ),
    ).toEqual([]);
    expect(errors).toEqual([]);
  });
});
