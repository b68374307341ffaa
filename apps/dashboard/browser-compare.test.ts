import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults, hasBrowser, openBrowser } from './testing/browser.ts';
import { kilnUp } from './testing/kiln-up.ts';

if (!hasBrowser && process.env['CI'] === 'true') throw new Error('There is no Chromium; `npm test` installs it.');

const MANIFEST =
  'description: Leaves a number.\nrunsOn: unix\nsweep: { k: [0, 2] }\noutputs:\n  energy: { title: Energy, unit: eV, file: energy, column: 1 }\n';

describe.runIf(hasBrowser)('numbers of sweeps and comparisons in the dashboard', () => {
  let kiln: Awaited<ReturnType<typeof kilnUp>>;
  let browser: Browser;
  let page: Page;
  let sweep: string;
  const errors: string[] = [];
  /** Lets tasks with these values go on. */
  const release = (...values: string[]) => Promise.all(values.map((value) => writeFile(join(kiln.home, 'gates', value), '')));

  beforeAll(async () => {
    [kiln, browser] = await Promise.all([kilnUp(), openBrowser()]);
    await mkdir(join(kiln.home, 'gates'));
    const gate = `until [ -e '${kiln.home}/gates/'$x$y ]; do sleep 0.1; done`;
    const main = `#!/bin/sh\n${gate}\necho $((10 * x + y + k)) >"$2/energy"\nprintf 'head\\nx is %s\\ntail\\n' $x >"$2/text"\necho same >"$2/same"\n`;
    await kiln.connector('measured', MANIFEST, main);
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(await kiln.signInLink());
    await page.getByRole('link', { name: 'measured' }).first().waitFor(); // its folder was found
  });
  afterAll(async () => {
    await browser?.close();
    await kiln?.close();
  });

  test('a sweep is submitted with a number of jobs at once', { timeout: 120_000 }, async () => {
    await page.goto(`${kiln.url}/connectors/measured`);
    await page.getByText('A sweep of jobs').click();
    const over = async (at: number, name: string) => {
      await page.getByLabel(`Name of parameter ${at} of the sweep of jobs`).fill(name);
      await page.getByLabel(`Values of ${name} for the jobs`).fill('1, 2');
    };
    await over(1, 'x');
    await page.getByRole('button', { name: 'Add parameter' }).last().click();
    await over(2, 'y');
    await page.getByLabel('Jobs at once').fill('4');
    await page
      .getByRole('status')
      .filter({ hasText: '4 jobs of 2 tasks each, if the first is like the others, at most 4 at once' })
      .waitFor();
    await page.getByText(/--at-most 4/).waitFor();
    await page.getByRole('button', { name: 'Submit sweep' }).click();
    await page.waitForURL(/\/sweeps\/\d+/);
    await page.getByText('at most 4', { exact: true }).waitFor();
    sweep = page.url().split('/').at(-1) ?? '';
  });

  test('a heat map of a number fills while the jobs end', { timeout: 180_000 }, async () => {
    await page.goto(`${kiln.url}/sweeps/${sweep}`);
    await page.getByRole('table', { name: 'What the sweep goes over' }).getByRole('row', { name: 'x 1, 2' }).waitFor();
    await release('11');
    await page.getByText('Map', { exact: true }).click();
    await page.getByLabel('Colour by').selectOption({ label: 'Energy (eV)' });
    await page.getByRole('link', { name: 'x = 1, y = 1: Energy (eV) 12' }).waitFor();
    await page.getByRole('link', { name: 'x = 2, y = 2: Active' }).waitFor();
    await release('12', '21', '22');
    await page.getByRole('link', { name: 'x = 2, y = 2: Energy (eV) 23' }).waitFor();
    await page.getByRole('link', { name: 'x = 1, y = 2: Energy (eV) 13' }).waitFor();
    await page.getByLabel('Numbers of a job').selectOption({ label: 'Largest of the tasks' });
    await page.getByRole('link', { name: 'x = 1, y = 2: Energy (eV) 14' }).waitFor();
    await page.getByRole('status', { name: 'Status of the sweep' }).filter({ hasText: 'Succeeded' }).waitFor();
  });

  test('a number is drawn over a parameter, for jobs and for tasks, and its ends are told', { timeout: 120_000 }, async () => {
    await page.goto(`${kiln.url}/sweeps/${sweep}`);
    await page.getByText('Plot', { exact: true }).click();
    await page.getByRole('img', { name: /^Energy \(eV\) by x of 4 jobs: from 12 \(measured\d+\) to 23 \(measured\d+\)\.$/ }).waitFor();
    await page.getByText('Tasks', { exact: true }).click();
    await page.getByRole('img', { name: /^Energy \(eV\) by x of 8 tasks: from 11 \(measured\d+, task 1\) to 24 / }).waitFor();
    const least = page.getByRole('list', { name: 'Smallest Energy (eV)' }).getByRole('listitem');
    expect(await least.first().textContent()).toMatch(/^measured\d+12x=1 y=1$/);
    await page.getByText('Table', { exact: true }).click();
    const head = page.getByRole('columnheader', { name: 'Energy (eV)' }).getByRole('button');
    await head.click();
    await head.click();
    await page
      .getByRole('table', { name: 'Jobs of the sweep' })
      .getByRole('row')
      .nth(1)
      .filter({ hasText: /23Succeeded/ })
      .waitFor();
  });

  test('chosen jobs are set side by side, with the parameter that differs and the lines of a file', { timeout: 120_000 }, async () => {
    const rows = page.getByRole('table', { name: 'Jobs of the sweep' }).getByRole('row');
    await rows.filter({ hasText: '12Succeeded' }).getByRole('checkbox').click();
    await rows.filter({ hasText: '22Succeeded' }).getByRole('checkbox').click();
    await page.getByRole('link', { name: 'Compare', exact: true }).click();
    await page.waitForURL(/\/compare\?jobs=/);
    await page.getByRole('table', { name: 'Parameters that differ' }).getByRole('row', { name: 'x 1 2' }).waitFor();
    expect(await page.getByRole('table', { name: 'Parameters that differ' }).getByRole('row').count()).toBe(2);
    await page.getByText(/^\d+ parameters that are the same$/).click();
    await page.getByRole('table', { name: 'Parameters that are the same' }).getByRole('row', { name: 'platform local local' }).waitFor();
    await page
      .getByRole('table', { name: 'Time in each stage' })
      .getByRole('row', { name: /^configure/ })
      .waitFor();
    await page.getByRole('table', { name: 'Numbers of each' }).getByRole('row', { name: 'Energy (eV) 12 22 +10 (+83.33 %)' }).waitFor();
    await page.getByRole('link', { name: '1/text' }).click();
    const lines = page.getByRole('region', { name: 'Differences line by line' });
    await lines.getByText('x is 1').waitFor();
    expect(await lines.textContent()).toContain('head−x is 1+x is 2tail');
    await page.getByText('2 files that are the same').click();
    await page
      .getByRole('table', { name: 'Files that are the same' })
      .getByRole('row', { name: /^2\/same/ })
      .waitFor();
  });

  test('tasks of a job and jobs of the list are chosen the same way', { timeout: 120_000 }, async () => {
    await page.goto(`${kiln.url}/jobs/1?tab=tasks`);
    await page.getByRole('checkbox', { name: 'Compare task 1' }).click();
    await page.getByRole('status', { name: 'Chosen to be compared' }).filter({ hasText: 'choose another' }).waitFor();
    await page.getByRole('checkbox', { name: 'Compare task 2' }).click();
    await page.getByRole('link', { name: 'Compare', exact: true }).click();
    await page.getByRole('table', { name: 'Parameters that differ' }).getByRole('row', { name: 'k 0 2' }).waitFor();
    await page.getByRole('link', { name: 'Leave out measured1 task 2' }).click();
    await page.getByText('All parameters are the same.').waitFor();
    for (const at of ['11', '12'])
      await kiln.cli('submit', 'measured', '--sweep', `x=${at.charAt(0)}`, '--sweep', `y=${at.charAt(1)}`, '--watch');
    await page.goto(`${kiln.url}/jobs`);
    for (const name of ['measured5', 'measured6']) await page.getByRole('checkbox', { name: `Compare ${name}` }).click();
    await page.getByRole('link', { name: 'Compare', exact: true }).click();
    await page
      .getByRole('table', { name: 'Parameters that differ' })
      .getByRole('row', { name: /^sweep / })
      .waitFor();
    await page.goto(`${kiln.url}/compare?jobs=1,999`);
    await page.getByText('There is no job 999.').waitFor();
  });

  test('is free of what axe finds, and fits a phone, in light and dark', { timeout: 240_000 }, async () => {
    const see = async () => {
      const { pathname, search } = new URL(page.url());
      if (pathname === '/sweeps/1') await page.getByRole('list', { name: 'Smallest Energy (eV)' }).waitFor();
      if (search === '?map') {
        await page.getByText('Map', { exact: true }).click();
        await page.getByLabel('Colour by').selectOption({ label: 'Energy (eV)' });
        await page
          .getByRole('link', { name: /Energy/ })
          .first()
          .waitFor();
      }
      if (search === '?plot') await page.getByText('Plot', { exact: true }).click();
      if (pathname === '/compare') await page.getByRole('region', { name: 'Differences line by line' }).waitFor();
    };
    const paths = ['/sweeps/1', '/sweeps/1?map', '/sweeps/1?plot', '/compare?jobs=1,3&file=1/text', '/jobs', '/jobs/1?tab=tasks'];
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
