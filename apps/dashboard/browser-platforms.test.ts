import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3_BUCKET, S3_KEY, type S3Server, s3Server } from '@kiln/testing/s3-server';
import { type SshServer, sshServer } from '@kiln/testing/ssh-server';
import { webServer } from '@kiln/testing/web-server';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults, hasBrowser, openBrowser } from './testing/browser.ts';
import { kilnUp } from './testing/kiln-up.ts';

const PASSWORD = 'open sesame';

describe.runIf(hasBrowser)('platforms in the dashboard', () => {
  let kiln: Awaited<ReturnType<typeof kilnUp>>;
  let machine: SshServer;
  let s3: S3Server;
  let home: string;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'kiln-machine-'));
    [kiln, browser, machine, s3] = await Promise.all([
      kilnUp(),
      openBrowser(),
      sshServer({ directory: home, password: PASSWORD }),
      s3Server(),
    ]);
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(await kiln.signInLink());
    await page.getByRole('heading', { name: 'Connectors' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await kiln?.close();
    await machine?.close();
    await s3?.close();
    if (home) await rm(home, { recursive: true, force: true });
  });

  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const dialog = () => page.getByRole('dialog');
  const field = (name: string) => page.getByRole('textbox', { name, exact: true });
  const state = (word: string) => page.getByRole('status', { name: 'State of the platform' }).filter({ hasText: word });

  async function register(name: string, port: number, password: string): Promise<void> {
    await page.goto(`${kiln.url}/platforms/new`);
    await field('Host').fill('127.0.0.1');
    await field('User').fill('ann');
    await field('Port').fill(String(port));
    await field('Name').fill(name);
    await page.locator('input[type=password]').fill(password);
    await button('Register and check').click();
  }

  test('says what to do where nothing is registered, registers a machine and shows what the check finds', async () => {
    await page.goto(`${kiln.url}/platforms`);
    await page.getByText('Everything runs on this machine so far').waitFor();
    await register('box', machine.port, PASSWORD);
    await state('Ready').waitFor();
    await page.getByText(machine.fingerprint()).first().waitFor();
    for (const name of ['Login', 'Root path', 'Tools']) await page.getByRole('listitem').filter({ hasText: name }).first().waitFor();
    const { length } = (await readFile(join(home, '.ssh/authorized_keys'), 'utf8')).trim().split('\n');
    expect(length).toBe(1);
  });

  test('registers a bucket, asks for another key where the first is refused, and offers it for results', { timeout: 120_000 }, async () => {
    await page.goto(`${kiln.url}/platforms/new`);
    await page.getByRole('radio', { name: /^A bucket/ }).check();
    await field('Bucket').fill(S3_BUCKET);
    await field('Endpoint').fill(s3.endpoint);
    await field('Access key').fill('nobodys');
    await page.locator('input[type=password]').fill('wrong');
    await button('Register and check').click();
    await state('Trouble').waitFor();
    await page.getByText('the access key is not accepted').first().waitFor();
    await button('Another access key…').first().click();
    await dialog().getByRole('textbox', { name: 'Access key' }).fill(S3_KEY.accessKeyId);
    await dialog().locator('input[type=password]').fill(S3_KEY.secretAccessKey);
    await dialog().getByRole('button', { name: 'Log in and check' }).click();
    await state('Ready').waitFor();
    await page.getByText(`s3://${S3_BUCKET} at ${s3.endpoint}`).first().waitFor();
    await button('Change…').click();
    await field('Prefix').fill('of ours');
    await button('Save and check').click();
    await page.getByText(`s3://${S3_BUCKET}/of ours at ${s3.endpoint}`).first().waitFor();
    await page.goto(kiln.url);
    await page.getByRole('link', { name: 'Pi by Monte Carlo', exact: true }).click();
    await page.getByLabel('Output storage').selectOption({ label: 'results' });
  });

  test('registers a web server, shows its files without offering to upload, and offers it for input alone', async () => {
    const server = await webServer(home);
    server.authorization = 'Bearer secret';
    await writeFile(join(home, 'note.txt'), 'four words of text');
    await page.goto(`${kiln.url}/platforms/new`);
    await page.getByRole('radio', { name: /^A web server/ }).check();
    await field('Address').fill(server.url);
    await field('Name').fill('web');
    await button('Register and check').click();
    await state('Trouble').waitFor();
    await page.getByText('is not given without a login').first().waitFor();
    await button('Log in anew…').first().click();
    await dialog()
      .getByRole('radio', { name: /bearer token/ })
      .check();
    await dialog().locator('input[type=password]').fill('secret');
    await dialog().getByRole('button', { name: 'Log in and check' }).click();
    await state('Ready').waitFor();
    await page.getByRole('link', { name: 'Browse files' }).click();
    await page.getByRole('link', { name: 'note.txt', exact: true }).click();
    await page.getByText('four words of text').waitFor();
    expect(await button('Upload files').count()).toBe(0);
    await kiln.connector('taking', 'description: Takes.\nrunsOn: unix\ninput: optional\n', '#!/bin/sh\n');
    await page.goto(kiln.url);
    await page.getByRole('link', { name: 'taking', exact: true }).click();
    await page.getByLabel('Input storage').selectOption({ label: 'web' });
    expect(await page.getByLabel('Output storage').getByRole('option', { name: 'web' }).count()).toBe(0);
    await server.close();
  });

  test('runs a job there, and does not let it be removed meanwhile', async () => {
    const mark = join(home, 'mark');
    await kiln.connector('waiting', 'description: Waits.\nrunsOn: unix\n', `#!/bin/sh\nuntil [ -e '${mark}' ]; do sleep 0.1; done\n`);
    await page.goto(kiln.url);
    await page.getByRole('link', { name: 'waiting', exact: true }).click();
    await page.getByLabel('Platform').selectOption({ label: 'box · Unix machine' });
    await button('Submit job').click();
    await page.waitForURL(/\/jobs\/\d+/);
    await page.getByRole('link', { name: 'box' }).click();
    await button('Remove…').click();
    await dialog().getByRole('button', { name: 'Remove the platform' }).click();
    await dialog().getByText('box is still in use').waitFor();
    await dialog()
      .getByRole('link', { name: /^waiting/ })
      .click();
    await writeFile(mark, '');
    await page.getByRole('status', { name: 'Status of the job' }).filter({ hasText: 'Succeeded' }).waitFor();
  });

  test('tells what is wrong at its field', async () => {
    await register('box', 0, PASSWORD);
    await page.getByText('A port is a whole number').waitFor();
    expect(await field('Port').getAttribute('aria-invalid')).toBe('true');
    await register('box', machine.port, PASSWORD);
    await page.getByText("There is a platform 'box' already").waitFor();
    expect(await field('Name').getAttribute('aria-invalid')).toBe('true');
  });

  test('leads out of a login that failed: by a key that somebody installs', async () => {
    await register('other', machine.port, 'wrong');
    await state('Trouble').waitFor();
    await page.getByText('the server refuses the password').first().waitFor();
    await button('Log in anew…').click();
    await dialog().getByText('I install the key myself').click();
    await dialog().getByRole('button', { name: 'Log in and check' }).click();
    const command = page.getByRole('group', { name: 'command that installs the key' });
    const [, line] = /echo '(.+)'/.exec((await command.textContent()) ?? '') ?? [];
    await writeFile(join(home, '.ssh/authorized_keys'), `${line}\n`, { flag: 'a' });
    await button('Check again').click();
    await state('Ready').waitFor();
  });

  test('says why a job is blocked, and lets it try now', async () => {
    machine.lockOut(true);
    machine.drop();
    await page.goto(`${kiln.url}/connectors/waiting`);
    await page.getByLabel('Platform').selectOption({ label: 'other · Unix machine' });
    await button('Submit job').click();
    const status = page.getByRole('status', { name: 'Status of the job' });
    await status.filter({ hasText: 'Blocked' }).waitFor();
    await page.getByText('Could not log in as ann').first().waitFor();
    await page.getByRole('link', { name: 'other' }).click();
    await page.getByText('1 job waits for this platform').waitFor();
    await button(/^Try now/).click();
    await page.getByText('1 job tries again').waitFor();
    machine.lockOut(false);
    await page.goBack();
    // It may have tried by itself by now.
    await button(/^Try now/)
      .or(status.filter({ hasText: 'Succeeded' }))
      .first()
      .click();
    await status.filter({ hasText: 'Succeeded' }).waitFor();
  });

  test('does not connect to a machine that shows another host key until somebody says so', async () => {
    const before = machine.fingerprint();
    machine.changeHostKey();
    machine.drop();
    await page.goto(`${kiln.url}/platforms/box`);
    await button('Check again').click();
    await page.getByText('Its host key has changed').waitFor();
    await button('Accept the new host key…').first().click();
    for (const fingerprint of [before, machine.fingerprint()]) await dialog().getByText(fingerprint).waitFor();
    expect(await dialog().getByRole('button', { name: 'Trust and check again' }).isDisabled()).toBe(true);
    await dialog().getByRole('checkbox').check();
    await dialog().getByRole('button', { name: 'Trust and check again' }).click();
    await state('Ready').waitFor();
  });

  test('changes, renames and removes a platform', async () => {
    await page.goto(`${kiln.url}/platforms/box`);
    await page.getByRole('button', { name: 'Change…', exact: true }).click();
    await field('Setup lines').fill('export OMP_NUM_THREADS=1');
    await button('Save and check').click();
    await page.getByRole('definition').filter({ hasText: 'export OMP_NUM_THREADS=1' }).waitFor();
    await state('Ready').waitFor();
    await button('Rename…').click();
    await dialog().getByRole('textbox', { name: 'New name' }).fill('crate');
    await dialog().getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('heading', { name: 'crate' }).waitFor();
    await button('Remove…').click();
    await dialog().getByRole('button', { name: 'Remove the platform' }).click();
    await page.waitForURL(`${kiln.url}/platforms`);
    await page.getByRole('row', { name: /other/ }).waitFor();
    expect(await page.getByRole('row', { name: /crate|box/ }).count()).toBe(0);
  });

  test('is free of what axe finds, and fits a phone, in light and dark', { timeout: 180_000 }, async () => {
    await register('closed', 1, PASSWORD);
    await state('Trouble').waitFor();
    const urls = ['', '/new', '/local', '/other', '/closed'].map((path) => `${kiln.url}/platforms${path}`);
    const found = [
      ...(await faults(page, urls)),
      ...(await faults(page, [`${kiln.url}/platforms/new`], () => page.getByText('With a private key').click())),
      ...(await faults(page, [`${kiln.url}/platforms/other`], () => button('Rotate key…').click())),
    ];
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
  });
});
