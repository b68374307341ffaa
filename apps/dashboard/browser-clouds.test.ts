import { OpenStackDouble } from '@kiln/platforms/testing/open-stack';
import { serveOpenStack } from '@kiln/platforms/testing/open-stack-server';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults, hasBrowser, openBrowser } from './testing/browser.ts';
import { kilnUp } from './testing/kiln-up.ts';

const SECRET = 'correct-horse';

describe.runIf(hasBrowser)('clouds in the dashboard', () => {
  let kiln: Awaited<ReturnType<typeof kilnUp>>;
  let server: Awaited<ReturnType<typeof serveOpenStack>>;
  let browser: Browser;
  let page: Page;
  const double = new OpenStackDouble();
  const errors: string[] = [];
  const addresses: string[] = [];

  beforeAll(async () => {
    [kiln, browser, server] = await Promise.all([kilnUp(), openBrowser(), serveOpenStack(double)]);
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('request', (request) => addresses.push(request.url()));
    await page.goto(await kiln.signInLink());
    await page.getByRole('heading', { name: 'Connectors' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await kiln?.close();
    await server?.close();
  });

  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const field = (name: string) => page.getByRole('textbox', { name, exact: true });
  const select = (name: string) => page.getByRole('combobox', { name, exact: true });
  const secret = () => page.locator('input[type=password]');
  const state = (word: string) => page.getByRole('status', { name: 'State of the platform' }).filter({ hasText: word });
  const yaml = (endpoint: string, ...names: string[]) =>
    `clouds:\n${names
      .map(
        (name) =>
          `  ${name}:\n    auth: { auth_url: '${endpoint}', application_credential_id: ${name}, application_credential_secret: ${SECRET} }\n`,
      )
      .join('')}`;

  async function begin(text: string): Promise<void> {
    await page.goto(`${kiln.url}/platforms/new`);
    await page.getByRole('radio', { name: /^A cloud/ }).check();
    await field('clouds.yaml').fill(text);
    await button('Fill in from it').click();
  }

  test('tells of a secret that is wrong, registers a cloud with what it has, and finds it ready', { timeout: 120_000 }, async () => {
    await begin(yaml(server.url, 'ours', 'theirs'));
    await select('Which cloud of the file').selectOption('ours');
    await page.getByText('Filled in from clouds.yaml: ours.').waitFor();
    expect(await field('clouds.yaml').inputValue()).toBe('');
    expect(await field('Id of the application credential').inputValue()).toBe('ours');
    double.faults.push({ method: 'POST', path: /tokens/, status: 401, body: { error: { message: 'The secret is wrong.' } } });
    await button('Look what is there').click();
    await page.getByText('The secret is wrong.').waitFor();
    expect(await secret().getAttribute('aria-invalid')).toBe('true');
    expect(await select('Image').count()).toBe(0);
    await secret().fill(SECRET);
    await button('Look what is there').click();
    await select('Image').selectOption('debian-12');
    expect(await field('Login user').inputValue()).toBe('debian');
    expect(await select('Image').getByRole('option').allTextContents()).toEqual(['debian-12', 'twice (i2)', 'twice (i3)']);
    // Of sizes and networks there is one each.
    await page.getByText('Now there is room for 10 machines of this size.').waitFor();
    expect(await select('Network').inputValue()).toBe('private');
    expect(await select('Floating addresses from').inputValue()).toBe('');
    await field('Name').fill('sky');
    await button('Register and check').click();
    await page.getByText('Say from where machines may be reached.').waitFor();
    await field('Reached from').fill('192.0.2.0/24');
    await field('User data').fill('#cloud-config\npackages: [gfortran]');
    await button('Register and check').click();
    await state('Ready').waitFor();
    await page.getByText('debian, from 192.0.2.0/24').waitFor();
    await page.getByText('2 lines').click();
    await page.getByText('packages: [gfortran]').waitFor();
    await page.getByRole('link', { name: 'Rented machines' }).click();
    await page.getByRole('heading', { name: 'Rented machines' }).waitFor();
  });

  test('changes a cloud, from what it has now and with the credential that it has', { timeout: 120_000 }, async () => {
    const flavors = [
      { id: 'f2', name: 'large', vcpus: 8, ram: 16_384 },
      { id: 'f1', name: 'small', vcpus: 2, ram: 2048 },
    ];
    double.faults.push({ method: 'GET', path: /flavors/, status: 200, body: { flavors }, times: 2 }); // for the form, and for the check
    await page.goto(`${kiln.url}/platforms/sky`);
    await button('Change…').click();
    await select('Size').selectOption({ label: 'large · 8 cores, 16 GB' });
    await field('Machines of one job').fill('2');
    await button('Save and check').click();
    await page.getByRole('definition').filter({ hasText: 'large' }).waitFor();
    await state('Ready').waitFor();
    await page.getByText('at most 2 machines').waitFor();
  });

  test('of a cloud with thousands of images one is found by what is typed', { timeout: 120_000 }, async () => {
    const images = Array.from({ length: 5000 }, (_, i) => ({ id: `i${i}`, name: `ubuntu-${i}` }));
    double.faults.push({ method: 'GET', path: /images/, status: 200, body: { images } });
    await begin(yaml(server.url, 'ours'));
    await button('Look what is there').click();
    await page.getByText('It has more than are listed; any other may be typed.').waitFor();
    await select('Image').fill('ubuntu-4999');
    expect(await field('Login user').inputValue()).toBe('ubuntu');
    expect(await page.locator('datalist option').count()).toBe(3000);
  });

  test('of a cloud that is away names are typed', { timeout: 120_000 }, async () => {
    await begin(yaml('http://127.0.0.1:1/v3', 'ours'));
    await button('Look what is there').click();
    await page.getByText('What the cloud has cannot be listed now').waitFor();
    for (const [name, value] of [
      ['Image', 'debian-12'],
      ['Login user', 'debian'],
      ['Size', 'small'],
      ['Network', 'private'],
      ['Reached from', '192.0.2.0/24'],
      ['Name', 'away'],
    ] as const)
      await field(name).fill(value);
    await button('Register and check').click();
    await state('Trouble').waitFor();
    await page.getByText('cannot be reached').first().waitFor();
  });

  test('an EC2 is asked for its region and its access key, and another cloud makes what was looked up untrue', {
    timeout: 120_000,
  }, async () => {
    await page.goto(`${kiln.url}/platforms/new`);
    await page.getByRole('radio', { name: /^A cloud/ }).check();
    await field('clouds.yaml').focus();
    await page.evaluate(pasting(yaml(server.url, 'ours')));
    await page.getByText('Filled in from clouds.yaml: ours.').waitFor();
    await button('Look what is there').click();
    await select('Image').waitFor();
    await page.getByRole('radio', { name: /^Amazon EC2/ }).check();
    expect(await select('Image').count()).toBe(0);
    expect(await field('Endpoint').inputValue()).toBe('');
    await button('Look what is there').click();
    await page.getByText('Say which region, as in eu-central-1.').waitFor();
    expect(await secret().inputValue()).toBe('');
  });

  test('is free of what axe finds, fits a phone, and keeps no secret where others find it', { timeout: 240_000 }, async () => {
    const looked = async () => {
      await page.getByRole('radio', { name: /^A cloud/ }).check();
      await field('clouds.yaml').fill(yaml(server.url, 'ours'));
      await button('Fill in from it').click();
      await button('Look what is there').click();
      await select('Image').waitFor();
    };
    const found = [
      ...(await faults(page, [`${kiln.url}/platforms/new`], looked)),
      ...(await faults(page, [`${kiln.url}/platforms/sky`])),
      ...(await faults(page, [`${kiln.url}/platforms/sky`], async () => {
        await button('Change…').click();
        await select('Image').waitFor();
      })),
    ];
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
    expect(addresses.filter((address) => address.includes(SECRET))).toEqual([]);
    expect(await page.evaluate<string>('JSON.stringify([localStorage, sessionStorage, document.cookie])')).not.toContain(SECRET);
  });
});

/** As the browser does to the field with the focus. */
function pasting(text: string): string {
  return `{
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', ${JSON.stringify(text)});
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }`;
}
