import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults, hasBrowser, openBrowser } from './testing/browser.ts';
import { kilnUp } from './testing/kiln-up.ts';

if (!hasBrowser && process.env['CI'] === 'true') throw new Error('There is no Chromium; `npm test` installs it.');

describe.runIf(hasBrowser)('the export of a job in the dashboard', () => {
  let kiln: Awaited<ReturnType<typeof kilnUp>>;
  let browser: Browser;
  let page: Page;
  let job: string;

  beforeAll(async () => {
    [kiln, browser] = await Promise.all([kilnUp(), openBrowser()]);
    await kiln.connector('words', 'description: Says what it got.\nrunsOn: unix\n', '#!/bin/sh\necho "$n" >"$2/words"\n');
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(await kiln.signInLink());
    await page.getByRole('link', { name: 'words' }).first().waitFor(); // its folder was found
    job = JSON.parse(await kiln.cli('submit', 'words', '--sweep', 'n=1:2', '--json')).id;
    await page.goto(`${kiln.url}/jobs/${job}`);
    await page.getByRole('status', { name: 'Status of the job' }).filter({ hasText: 'Succeeded' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await kiln?.close();
  });

  test('is a button on its page, by mouse and by keyboard, that saves a crate', { timeout: 180_000 }, async () => {
    const button = page.getByRole('link', { name: 'Export' });
    for (const press of [() => button.click(), () => button.press('Enter')]) {
      const downloading = page.waitForEvent('download');
      await press();
      const download = await downloading;
      expect(download.suggestedFilename()).toBe(`words${job}.crate.zip`);
      const bytes = await readFile(await download.path());
      expect([bytes.subarray(0, 2).toString(), bytes.includes('ro-crate-metadata.json')]).toEqual(['PK', true]);
    }
  });

  test('is free of what axe finds, and fits a phone, in light and dark', { timeout: 180_000 }, async () => {
    expect(await faults(page, [`${kiln.url}/jobs/${job}`])).toEqual([]);
  });
});
