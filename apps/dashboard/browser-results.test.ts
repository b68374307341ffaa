import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults, hasBrowser, openBrowser } from './testing/browser.ts';
import { kilnUp } from './testing/kiln-up.ts';

const YAML = `description: Leaves files.
runsOn: unix
sweep: { n: [1, 2, 3] }
outputs:
  frames: { kind: image, file: 'frames/*.svg', title: Frames }
  curve: { kind: plot, file: curve.csv, title: Curve, x: t }
  steps: { kind: table, file: curve.csv, title: Steps }
  report: { kind: text, file: 'report*.txt', title: Report }
  model: { kind: file, file: model.bin, title: Model }
  none: { kind: image, file: none.png, title: None }
`;
const MAIN = `#!/bin/sh
mkdir "$2/frames"
for i in 1 2; do
  echo "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 30'><circle cx='20' cy='15' r='$((n * 4))' fill='teal'/></svg>" >"$2/frames/$i.svg"
done
awk -v n="$n" 'BEGIN { print "t,energy,force"; for (t = 0; t < 50; t++) print t "," n * sin(t / 8) "," n * t }' >"$2/curve.csv"
echo "<b>task $n</b>" >"$2/report of $n.txt"
head -c 100 /dev/zero >"$2/model.bin"
`;

describe.runIf(hasBrowser)('declared outputs in the dashboard', () => {
  let kiln: Awaited<ReturnType<typeof kilnUp>>;
  let browser: Browser;
  let page: Page;
  let job = '';
  const errors: string[] = [];

  beforeAll(async () => {
    [kiln, browser] = await Promise.all([kilnUp(), openBrowser()]);
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => errors.push(error.message));
    await kiln.connector('leaves', YAML, MAIN);
    ({ id: job } = JSON.parse(await kiln.cli('submit', 'leaves', '--watch', '--json')));
    await page.goto(await kiln.signInLink());
    await page.getByRole('heading', { name: 'Connectors' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await kiln?.close();
  });

  const choose = (title: string) => page.getByLabel('Output', { exact: true }).selectOption({ label: title });

  test('pictures of all tasks stand side by side', async () => {
    await page.goto(`${kiln.url}/jobs/${job}?tab=results`);
    const pictures = page.getByRole('list', { name: 'Pictures' }).getByRole('img');
    await expect.poll(() => pictures.count(), { timeout: 30_000 }).toBe(6);
    expect(await pictures.nth(5).getAttribute('alt')).toBe('2.svg of Task 3: n 3');
    await expect
      .poll(() => pictures.nth(5).evaluate((image) => Number(Reflect.get(image, 'naturalWidth'))), { timeout: 30_000 })
      .toBeGreaterThan(0);
  });

  test('curves of all tasks are drawn in one chart, of the column that is chosen', async () => {
    await choose('Curve');
    await page.getByRole('img', { name: 'energy over t, 3 lines' }).waitFor();
    await page.getByLabel('Up').selectOption('force');
    await page.getByRole('img', { name: 'force over t, 3 lines' }).waitFor();
    await page.getByRole('list', { name: 'Lines' }).getByRole('link', { name: 'Task 2: n 2' }).waitFor();
  });

  test('tables and texts are read when they are opened, as what they are', async () => {
    await choose('Steps');
    await page.getByRole('columnheader', { name: 'energy' }).waitFor();
    await choose('Report');
    await page.getByText('<b>task 1</b>').waitFor();
    await page.getByText('report of 3.txt').click();
    await page.getByText('<b>task 3</b>').waitFor();
    await choose('Model');
    await page.getByText('model.bin').nth(1).click();
    await page.getByText('This is not text.').waitFor();
    await choose('None');
    await page.getByText('No such files').waitFor();
    expect(page.url()).toContain('output=none');
  });

  test('what is shown is in order for everybody, on wide and narrow screens, light and dark', { timeout: 120_000 }, async () => {
    const urls = ['frames', 'curve', 'report'].map((output) => `${kiln.url}/jobs/${job}?tab=results&output=${output}`);
    const see = () =>
      page
        .getByRole('link', { name: /Task 3/ })
        .first()
        .waitFor();
    expect(await faults(page, urls, see)).toEqual([]);
    expect(errors).toEqual([]);
  });
});
