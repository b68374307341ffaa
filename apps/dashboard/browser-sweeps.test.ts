import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults, hasBrowser, openBrowser } from './testing/browser.ts';
import { kilnUp } from './testing/kiln-up.ts';

if (!hasBrowser && process.env['CI'] === 'true') throw new Error('There is no Chromium; `npm test` installs it.');

describe.runIf(hasBrowser)('sweeps in the dashboard', () => {
  let kiln: Awaited<ReturnType<typeof kilnUp>>;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    [kiln, browser] = await Promise.all([kilnUp(), openBrowser()]);
    await kiln.connector('words', 'description: Says what it got.\nrunsOn: unix\n', '#!/bin/sh\necho "$var1 $var2 $x" >"$2/words"\n');
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(await kiln.signInLink());
    await page.getByRole('heading', { name: 'Connectors' }).waitFor();
    await page.getByRole('link', { name: 'words' }).first().waitFor(); // its folder was found
  });
  afterAll(async () => {
    await browser?.close();
    await kiln?.close();
  });

  const status = (word: string) => page.getByRole('status', { name: 'Status of the sweep' }).filter({ hasText: word });
  const over = async (at: number, name: string, values: string) => {
    await page.getByLabel(`Name of parameter ${at} of the sweep of jobs`).fill(name);
    await page.getByLabel(`Values of ${name} for the jobs`).fill(values);
  };
  const asSweep = async (connector: string) => {
    await page.goto(`${kiln.url}/connectors/${connector}`);
    await page.getByText('A sweep of jobs').click();
  };
  const submit = async () => {
    await page.getByRole('button', { name: 'Submit sweep' }).click();
    await page.waitForURL(/\/sweeps\/\d+/);
  };
  const points = async () => {
    const rows = page.getByRole('table', { name: 'Jobs of the sweep' }).getByRole('row').filter({ hasText: 'words' });
    return (await rows.all()).length;
  };

  test('var1 = 7, 9 and var2 = 42 by the form are two jobs', { timeout: 180_000 }, async () => {
    await asSweep('words');
    await over(1, 'var1', '7, 9');
    await page.getByRole('button', { name: 'Add parameter' }).last().click();
    await over(2, 'var2', '42');
    await page.getByRole('status').filter({ hasText: '2 jobs of 1 task each' }).waitFor();
    await submit();
    await status('Succeeded').waitFor();
    await page.getByRole('progressbar', { name: '2 jobs: 2 succeeded' }).waitFor();
    expect(await points()).toBe(2);
  });

  test('with x = 1, 2 they are four, by JSON, each with its results', { timeout: 180_000 }, async () => {
    await asSweep('words');
    await page.getByRole('radiogroup', { name: 'Edit the sweep of jobs as' }).getByText('JSON').click();
    await page.getByLabel('Sweep of jobs as JSON').fill('{"var1": [7, 9], "var2": [42], "x": [1, 2]}');
    await page.getByRole('status').filter({ hasText: '4 jobs of 1 task each' }).waitFor();
    await submit();
    await status('Succeeded').waitFor();
    await page.getByRole('columnheader', { name: 'var1' }).getByRole('button').click();
    await page.getByRole('columnheader', { name: 'var1' }).getByRole('button').click();
    const first = page.getByRole('table', { name: 'Jobs of the sweep' }).getByRole('row').nth(1);
    await first.filter({ hasText: /words\d+9421/ }).waitFor();
    await page.getByText('Map', { exact: true }).click();
    await page.getByRole('link', { name: 'var1 = 9, var2 = 42: 2 jobs, Succeeded' }).waitFor();
    await page.getByText('Table', { exact: true }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'CSV' }).click();
    const path = await (await downloading).path();
    expect(await readFile(path, 'utf8')).toMatch(
      /^job,var1,var2,x,directory,status,stage,created,started,ended,seconds,message\r\n(\d+,[79],42,[12],.*\r\n){4}$/,
    );
    await first.getByRole('link').click();
    await page.getByRole('link', { name: /^sweep \d+$/ }).waitFor();
  });

  test('what is wrong is told, a condition chooses, and samples are counted', { timeout: 180_000 }, async () => {
    await asSweep('words');
    await over(1, 'PATH', '1:0:1');
    await page
      .getByText(/has no values/)
      .first()
      .waitFor();
    await over(1, 'a', '1:100');
    await page.getByLabel('Only where').fill('a <= 3');
    await page.getByRole('status').filter({ hasText: '3 jobs' }).waitFor();
    await page.getByRole('button', { name: 'Add parameter' }).last().click();
    await over(2, 'u', 'uniform(0, 1)');
    await page.getByLabel('Samples').fill('5');
    await page.getByRole('status').filter({ hasText: '15 jobs' }).waitFor();
    await over(1, 'a', '1:100000');
    await page.getByLabel('Only where').fill('');
    await page.getByText('The sweep has 500,000 jobs; it may have 10,000.').first().waitFor();
  });

  test('a sweep fills live, is retried, extended and cancelled as one', { timeout: 240_000 }, async () => {
    const mark = join(kiln.home, 'mark');
    await kiln.connector('odd', 'description: Odd ones need a file.\nrunsOn: unix\n', `#!/bin/sh\n[ $((n % 2)) = 0 ] || [ -e ${mark} ]\n`);
    await page.goto(`${kiln.url}/sweeps`);
    await page.getByRole('heading', { name: 'Sweeps' }).waitFor();
    const { id } = JSON.parse(await kiln.cli('sweep', 'submit', 'odd', '--over', 'n=1:6', '--json'));
    await page
      .getByRole('row')
      .filter({ hasText: `sweep_odd${id}` })
      .filter({ hasText: '3 failed' })
      .waitFor();
    await page.getByRole('link', { name: `sweep_odd${id}` }).click();
    await status('Failed').waitFor();
    await writeFile(mark, '');
    await page.getByRole('button', { name: 'Retry 3 jobs' }).click();
    await status('Succeeded').waitFor();
    await page.getByRole('button', { name: 'Extend…' }).click();
    await page.getByRole('dialog').getByLabel('Values of n for the jobs').fill('5:8');
    await page.getByRole('button', { name: 'Add jobs' }).click();
    await page.getByRole('progressbar', { name: '8 jobs: 8 succeeded' }).waitFor();
    await kiln.connector('endless', 'description: Never ends.\nrunsOn: unix\n', '#!/bin/sh\nsleep 1000\n');
    const { id: other } = JSON.parse(await kiln.cli('sweep', 'submit', 'endless', '--over', 'n=1:50', '--at-most', '1', '--json'));
    await page.goto(`${kiln.url}/sweeps/${other}`);
    await page.getByRole('button', { name: 'Cancel sweep' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the sweep' }).click();
    await status('Cancelled').waitFor();
    await page.getByRole('progressbar', { name: '50 jobs: 50 cancelled' }).waitFor();
  });

  test('is free of what axe finds, and fits a phone, in light and dark', { timeout: 180_000 }, async () => {
    const see = async () => {
      if (new URL(page.url()).pathname.startsWith('/connectors')) await page.getByText('A sweep of jobs').click();
      const map = page.getByText('Map', { exact: true });
      if (page.url().endsWith('/sweeps/2')) await map.click();
    };
    const paths = ['/connectors/words', '/sweeps', '/sweeps/1', '/sweeps/2'];
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
