import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults, hasBrowser, openBrowser } from './testing/browser.ts';
import { kilnUp } from './testing/kiln-up.ts';

if (!hasBrowser && process.env['CI'] === 'true') throw new Error('There is no Chromium; `npm test` installs it.');

describe.runIf(hasBrowser)('the dashboard', () => {
  let kiln: Awaited<ReturnType<typeof kilnUp>>;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const errors: string[] = [];
  /** A job whose tasks left numbers. */
  let measured: string;

  beforeAll(async () => {
    [kiln, browser] = await Promise.all([kilnUp(), openBrowser()]);
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(await kiln.signInLink());
    await page.getByRole('heading', { name: 'Connectors' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await kiln?.close();
  });

  const status = (word: string | RegExp) => page.getByRole('status', { name: 'Status of the job' }).filter({ hasText: word });

  test('leads from the form to the results', async () => {
    await page.goto(`${kiln.url}/connectors/randnum-internal-sweep`);
    await page.getByText('2 tasks').waitFor();
    await page.getByRole('button', { name: 'Submit job' }).click();
    await page.waitForURL(/\/jobs\/\d+/);
    await status('Succeeded').waitFor();
    await page.getByRole('progressbar', { name: '2 tasks: 2 succeeded' }).waitFor();
    await page.getByRole('tab', { name: 'Outputs' }).click();
    for (const name of ['output', '1', 'rand'])
      await page
        .getByRole('button', { name, exact: true })
        .or(page.getByRole('link', { name, exact: true }))
        .first()
        .click();
    await page.getByText(/^0\.\d{10}\s+0\.\d{10}\s*$/).waitFor();
  });

  test('draws and sorts the numbers that tasks came to, and leads to their tasks', async () => {
    ({ id: measured } = JSON.parse(await kiln.cli('submit', 'pi', 'samples=1000', '--sweep', 'seed=1:5', '--watch', '--json')));
    await page.goto(`${kiln.url}/jobs/${measured}?tab=numbers`);
    await page.getByRole('img', { name: /Estimate of pi by seed of 5 tasks: from 3\.\d+ \(Task \d\) to 3\.\d+ \(Task \d\)\./ }).waitFor();
    await page.getByRole('button', { name: 'seed' }).click();
    await page.getByRole('button', { name: 'seed' }).click();
    expect(await page.getByRole('table', { name: 'Numbers' }).getByRole('link').allTextContents()).toEqual(['5', '4', '3', '2', '1']);
    await page.getByLabel('Up').selectOption('Standard error');
    await page.getByRole('img', { name: /^Standard error by seed/ }).waitFor();
    await page.getByRole('link', { name: 'Task 4' }).click();
    await page.getByRole('region', { name: 'Task 4' }).waitFor();
  });

  test('shows a connector that was just made, and runs it, without a restart', async () => {
    await page.goto(kiln.url);
    await kiln.cli('connector', 'new', 'hello');
    await page.getByRole('link', { name: 'Hello' }).click();
    await page.getByRole('button', { name: 'Submit job' }).click();
    await status('Succeeded').waitFor();
    await page.getByRole('link', { name: 'Task 1' }).click();
    await page.getByText('Hello, world!').first().waitFor();
  });

  test('shows jobs that others submit, and their ends, without being reloaded', async () => {
    await page.goto(`${kiln.url}/jobs`);
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
    const { directory } = JSON.parse(await kiln.cli('submit', 'pi', 'samples=1000', '--json'));
    await page.getByRole('row').filter({ hasText: directory }).filter({ hasText: 'Succeeded' }).waitFor();
  });

  test('follows a log live, and cancels', async () => {
    await kiln.connector(
      'ticking',
      'description: Ticks.\nrunsOn: unix\n',
      '#!/bin/sh\nn=0\nwhile :; do n=$((n + 1)); echo "tick $n"; sleep 0.2; done\n',
    );
    await page.goto(kiln.url);
    await page.getByRole('link', { name: 'ticking', exact: true }).click();
    await page.getByRole('button', { name: 'Submit job' }).click();
    await page.getByRole('link', { name: 'Task 1' }).click();
    await page.getByText('tick 3').first().waitFor();
    await page.getByText('tick 9').first().waitFor();
    await page
      .getByRole('button', { name: /^Cancel/ })
      .first()
      .click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Cancel (the )?job/ })
      .click();
    await status('Cancelled').waitFor();
  });

  test('says why a job failed, and retries what failed', async () => {
    const mark = join(kiln.home, 'mark');
    await kiln.connector(
      'needs-mark',
      'description: Needs a file.\nrunsOn: unix\nsweep: { n: [1, 2] }\n',
      `#!/bin/sh\n[ $n = 1 ] || [ -e ${mark} ]\n`,
    );
    await page.goto(kiln.url);
    await page.getByRole('link', { name: 'needs-mark', exact: true }).click();
    await page.getByRole('button', { name: 'Submit job' }).click();
    await status('Failed').waitFor();
    await page.getByText('1 of 2 tasks failed').first().waitFor();
    await page.getByText('main.sh exited with code 1').first().waitFor();
    await writeFile(mark, '');
    await page.getByRole('button', { name: /Retry/ }).first().click();
    await status('Succeeded').waitFor();
  });

  test('tells what is wrong with an input at its field', async () => {
    await page.goto(`${kiln.url}/connectors/pi`);
    await page.getByLabel('Points').fill('0');
    await page
      .getByText(/at least 1/)
      .first()
      .waitFor();
    await page.getByLabel('Points').fill('10');
    await page.getByLabel('Output path').fill('../escape');
    await page.getByText(/\.\./).first().waitFor();
  });

  test('keeps up with two thousand tasks', { timeout: 120_000 }, async () => {
    await kiln.connector('many', 'description: Does nothing.\nrunsOn: unix\n', '#!/bin/sh\n:\n');
    await page.goto(kiln.url);
    await page.getByRole('link', { name: 'many', exact: true }).waitFor();
    const { id } = JSON.parse(await kiln.cli('submit', 'many', '--sweep', 'n=1:2000', '--json'));
    await page.goto(`${kiln.url}/jobs/${id}`);
    page.setDefaultTimeout(100_000);
    await page.getByRole('progressbar', { name: /2,?000 tasks: 2,?000 succeeded/ }).waitFor();
    await status('Succeeded').waitFor();
    page.setDefaultTimeout(30_000);
  });

  test('is free of what axe finds, and fits a phone, in light and dark', { timeout: 180_000 }, async () => {
    const paths = [
      '/',
      '/connectors/pi',
      '/jobs',
      '/jobs/1',
      '/jobs/1?tab=outputs',
      '/jobs/1?task=1',
      `/jobs/${measured}?tab=numbers`,
      '/account',
      '/nowhere',
    ];
    const found = await faults(
      page,
      paths.map((path) => kiln.url + path),
    );
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('asks those who are not signed in to sign in, and shows them nothing', async () => {
    const stranger = await (await browser.newContext()).newPage();
    // A browser breaks off what it loads when networks come and go, as those of test machines do.
    const headings = async () => {
      await stranger.goto(`${kiln.url}/jobs`);
      await stranger.waitForLoadState('networkidle');
      return stranger.getByRole('heading', { level: 1 }).allInnerTexts();
    };
    await expect.poll(headings, { timeout: 50_000, interval: 1000 }).toEqual(['You are not signed in']);
    expect(await stranger.getByText('pi').count()).toBe(0);
  });
});
