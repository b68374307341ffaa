import { CURATION_SCHEMAS } from '@kiln/domain';
import { type MyTardisServer, myTardisServer } from '@kiln/testing/mytardis/server';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults, hasBrowser, openBrowser } from './testing/browser.ts';
import { kilnUp } from './testing/kiln-up.ts';

if (!hasBrowser && process.env['CI'] === 'true') throw new Error('There is no Chromium; `npm test` installs it.');

describe.runIf(hasBrowser)('publishing in the dashboard', () => {
  let kiln: Awaited<ReturnType<typeof kilnUp>>;
  let browser: Browser;
  let page: Page;
  let server: MyTardisServer;
  const errors: string[] = [];

  beforeAll(async () => {
    [kiln, browser, server] = await Promise.all([kilnUp(), openBrowser(), myTardisServer(Object.values(CURATION_SCHEMAS))]);
    await kiln.connector('words', 'description: Writes a word.\nrunsOn: unix\nsweep: { n: [1, 2] }\n', '#!/bin/sh\necho "$n" >"$2/word"\n');
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(await kiln.signInLink());
    await page.getByRole('link', { name: 'words' }).first().waitFor(); // its folder was found
  });
  afterAll(async () => {
    await browser?.close();
    await kiln?.close();
    await server?.close();
  });

  const field = (name: string) => page.getByRole('textbox', { name, exact: true });

  test('a MyTardis is registered, a wrong password is told and replaced', { timeout: 180_000 }, async () => {
    await page.goto(`${kiln.url}/platforms/new`);
    await page.getByRole('radio', { name: /^A MyTardis/ }).check();
    await field('Address').fill(server.url);
    await field('User').fill('ann');
    await field('Name').fill('tardis');
    await page.locator('input[type=password]').fill('wrong');
    await page.getByRole('button', { name: 'Register and check' }).click();
    await page
      .getByText(/does not let ann do this/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Log in anew…' }).first().click();
    await page
      .getByRole('dialog')
      .getByRole('radio', { name: /^With an API key/ })
      .check();
    await page.getByRole('dialog').locator('input[type=password]').fill(server.user.apiKey);
    await page.getByRole('dialog').getByRole('button', { name: 'Log in and check' }).click();
    await page.getByRole('status', { name: 'State of the platform' }).filter({ hasText: 'Ready' }).waitFor();
    await page.getByText('Experiments can be made.').waitFor();
  });

  test('a job that is to be published shows its experiment and what is there', { timeout: 180_000 }, async () => {
    await page.goto(`${kiln.url}/connectors/words`);
    await page.getByLabel('Curate results in MyTardis').selectOption('tardis');
    await page.getByLabel('Title of the experiment').fill('Two words');
    await page.getByRole('button', { name: 'Submit job' }).click();
    await page.getByRole('status', { name: 'Status of the job' }).filter({ hasText: 'Succeeded' }).waitFor();
    await page.getByText('3 files in 3 datasets').waitFor();
    expect(await page.getByRole('link', { name: 'experiment 1' }).getAttribute('href')).toBe(`${server.url}/experiment/view/1/`);
    expect(server.records.experiments.map(({ title }) => title)).toEqual(['Two words']);
  });

  test('the command line publishes, too, and says where', { timeout: 180_000 }, async () => {
    const said = await kiln.cli('submit', 'words', '--curate', 'tardis', '--experiment', '1', '--watch');
    expect(said).toContain(`Published in tardis as ${server.url}/experiment/view/1/: 3 of 3 datasets with 3 files.`);
    expect(server.records.datasets.map(({ description }) => description.replace(/^(words2)-\w{8}/, '$1'))).toEqual([
      ...['initial_1', 'final_0_1', 'final_0_2'],
      ...['words2/initial_1', 'words2/final_0_1', 'words2/final_0_2'],
    ]);
    const args = ['--kind', 'mytardis', '--address', server.url, '--user', 'ann', '--largest-file', '5', '--api-key-stdin'];
    expect(await kiln.cli('platform', 'show', 'tardis')).toContain(`ann at ${server.url}; files of up to 2048 MiB`);
    expect(await kiln.cliWith(`${server.user.apiKey}\n`, 'platform', 'add', 'second', ...args)).toContain('Experiments can be made.');
  });

  test('is free of what axe finds, and fits a phone, in light and dark', { timeout: 180_000 }, async () => {
    const paths = ['/platforms/new', '/platforms/tardis', '/connectors/words', '/jobs/1'];
    const see = async () => {
      if (page.url().endsWith('/platforms/new')) await page.getByRole('radio', { name: /^A MyTardis/ }).check();
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
