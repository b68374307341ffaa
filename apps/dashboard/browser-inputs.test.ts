import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults, hasBrowser, openBrowser } from './testing/browser.ts';
import { kilnUp } from './testing/kiln-up.ts';

if (!hasBrowser && process.env['CI'] === 'true') throw new Error('There is no Chromium; `npm test` installs it.');

describe.runIf(hasBrowser)('input locations in the dashboard', () => {
  let kiln: Awaited<ReturnType<typeof kilnUp>>;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    [kiln, browser] = await Promise.all([kilnUp(), openBrowser()]);
    await kiln.connector(
      'reads',
      'description: Reads.\nrunsOn: unix\ninput: required\nsweep: { n: [1, 2] }\nparameters: { pause: { default: 0 } }\n',
      '#!/bin/sh\nsleep "$pause"\ncp "$1/data" "$2"\n',
    );
    for (const set of ['cold', 'hot']) {
      await mkdir(join(kiln.home, 'outputs/cases', set), { recursive: true });
      await writeFile(join(kiln.home, 'outputs/cases', set, 'data'), set);
    }
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(await kiln.signInLink());
    await page.getByRole('heading', { name: 'Connectors' }).waitFor();
    await page.getByRole('link', { name: 'reads' }).first().waitFor(); // its folder was found
  });
  afterAll(async () => {
    await browser?.close();
    await kiln?.close();
  });

  test('a folder is named on the form, checked as it is typed, and multiplies the tasks', { timeout: 180_000 }, async () => {
    await page.goto(`${kiln.url}/connectors/reads`);
    await page.getByText('input_path is needed; name the folder of a storage that holds the input.').first().waitFor();
    await page.getByLabel('Input path').fill('nothing');
    await page.getByText('There is no input location local/nothing; check the path, or put the files there.').first().waitFor();
    await page.getByLabel('Input path').fill('cases');
    const third = page.getByRole('table', { name: 'The first tasks' }).getByRole('row').nth(3);
    await third.getByRole('cell', { name: 'hot' }).waitFor();
    await page.getByRole('button', { name: /^Submit/ }).click();
    await page.waitForURL(/\/jobs\/\d+/);
    await page.getByRole('status', { name: 'Status of the job' }).filter({ hasText: 'Succeeded' }).waitFor();
    await page.getByRole('progressbar', { name: /4 succeeded/ }).waitFor();
  });

  test('what a job moves is told on its page, as the API has it', { timeout: 180_000 }, async () => {
    const submitted = await kiln.cli('submit', 'reads', '--input', 'local/cases', 'pause=600', '--json');
    const { id } = JSON.parse(submitted);
    await page.route('**/graphql', async (route) => {
      if (!/query Transfer\b/.test(route.request().postData() ?? '')) return route.continue();
      const job = { __typename: 'Job', id, transfer: { __typename: 'Transfer', direction: 'in', bytes: 12_300_000, rate: 4_560_000 } };
      return route.fulfill({ json: { data: { job } } });
    });
    await page.goto(`${kiln.url}/jobs/${id}`);
    await page.getByText('Input is brought: 12 MB, 4.6 MB/s').waitFor();
    const shot = process.env['KILN_SHOTS'];
    if (shot) await page.screenshot({ path: `${shot}/moving.png` });
    expect(await faults(page, [`${kiln.url}/jobs/${id}`, `${kiln.url}/connectors/reads`])).toEqual([]);
    expect(errors).toEqual([]);
  });
});
