import { type BedEnv, cloudMissing, openStackBed } from '@kiln/testing/bed';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser } from './testing/browser.ts';
import { kilnUp } from './testing/kiln-up.ts';

/** As people do it: a real OpenStack, with machines that are emulated, and nothing but the dashboard. */
describe.runIf(hasBrowser && cloudMissing === null)('an OpenStack in the dashboard', { timeout: 400_000 }, () => {
  let env: BedEnv;
  let kiln: Awaited<ReturnType<typeof kilnUp>>;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [env, kiln, browser] = await Promise.all([openStackBed(), kilnUp(), openBrowser()]);
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(await kiln.signInLink());
    await page.getByRole('heading', { name: 'Connectors' }).waitFor();
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await kiln?.close();
  });

  const button = (name: string) => page.getByRole('button', { name });
  const field = (name: string) => page.getByRole('textbox', { name, exact: true });
  const select = (name: string) => page.getByRole('combobox', { name, exact: true });
  /** For as long as emulated machines may take to come up. */
  const patiently = { timeout: 300_000 };
  const cloudsYaml = () => `clouds:
  bed:
    region_name: ${env['OS_REGION_NAME']}
    auth: { auth_url: '${env['OS_AUTH_URL']}', username: '${env['OS_USERNAME']}', password: '${env['OS_PASSWORD']}',
      project_name: '${env['OS_PROJECT_NAME']}', user_domain_name: Default, project_domain_name: Default }
`;

  test('it is registered from what it has', async () => {
    await page.goto(`${kiln.url}/platforms/new`);
    await page.getByRole('radio', { name: /^A cloud/ }).check();
    await field('clouds.yaml').fill(cloudsYaml());
    await button('Fill in from it').click();
    await button('Look what is there').click();
    await select('Image').selectOption({ label: env['OS_IMAGE'] ?? '' });
    await field('Login user').fill(env['OS_SSH_USER'] ?? '');
    const sizes = await select('Size').getByRole('option').allTextContents();
    await select('Size').selectOption({ label: sizes.find((text) => text.startsWith(env['OS_FLAVOR'] ?? '')) ?? '' });
    await select('Network').selectOption({ label: env['OS_NETWORK'] ?? '' });
    await field('Reached from').fill('10.0.0.0/8');
    await field('Price per hour').fill('0.02');
    await field('Name').fill('sky');
    await button('Register and check').click();
    await page.getByRole('status', { name: 'State of the platform' }).filter({ hasText: 'Ready' }).waitFor();
  });

  test('the sweep of random numbers has two machines with a task on each, its outputs are home, and both are gone', async () => {
    await page.goto(`${kiln.url}/connectors/randnum-internal-sweep`);
    await select('Platform').selectOption({ label: 'sky · Cloud' });
    await page.getByText('2 tasks').waitFor();
    await button('Submit job').click();
    await page.waitForURL(/\/jobs\/\d+/);
    const job = new URL(page.url()).pathname;
    await page.getByRole('tab', { name: /^Nodes/ }).click();
    const nodes = page.getByRole('table', { name: 'Nodes' });
    await page.getByText(/Its machines cost .+ so far and 0\.04 an hour\./).waitFor(patiently); // from when both are made until they are gone
    await nodes.getByText('0.02 an hour').nth(1).waitFor();
    await page.getByRole('status', { name: 'Status of the job' }).filter({ hasText: 'Succeeded' }).waitFor(patiently);
    const rows = nodes.getByRole('row').filter({ hasText: 'Destroyed' });
    await rows.nth(1).waitFor();
    expect(await rows.count()).toBe(2);
    for (const row of await rows.all()) {
      expect(await row.textContent()).toMatch(/root@10\.77\.0\.\d+/);
      await row.getByRole('progressbar', { name: '1 task: 1 succeeded' }).waitFor();
    }
    for (const task of ['1', '2']) {
      await page.goto(`${kiln.url}${job}?tab=outputs`);
      for (const name of ['output', task, 'rand'])
        await page
          .getByRole('button', { name, exact: true })
          .or(page.getByRole('link', { name, exact: true }))
          .first()
          .click();
      await page.getByText(/^0\.\d{10}\s+0\.\d{10}\s*$/).waitFor();
    }
    await page.goto(`${kiln.url}/machines`);
    await page.getByText('No machine is rented').waitFor();
  });
});
