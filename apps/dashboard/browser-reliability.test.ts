import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults, hasBrowser, openBrowser } from './testing/browser.ts';
import { kilnUp } from './testing/kiln-up.ts';

/** Task n = 1 never succeeds, n = 2 at its second attempt, the others at once. */
const FLAKY = `#!/bin/sh
echo "attempt of n=$n says <b>why</b>" >&2
[ "$n" != 1 ] || exit 7
[ "$n" != 2 ] || [ -e "$MARK" ] || { : >"$MARK"; exit 8; }
`;

/** Its criterion is a tenth of the one before; each iteration waits until it is let through. */
const DESCENT = `import { defineConnector } from '@kiln/domain';

export default defineConnector({
  description: 'Comes nearer.',
  runsOn: 'unix',
  parameters: { factor: { title: 'Factor', type: 'number', default: 0.1 } },
  defaults: { maximum_iterations: 4 },
  sweep: { n: [1, 2] },
  command: 'until [ -e "GATES/$KILN_ITERATION" ]; do sleep 0.1; done',
  transform: ({ tasks }) => ({
    scores: Object.fromEntries(tasks.map(({ number }) => [String(number), 1 / number])),
    keep: tasks.map(({ number }) => number).reverse().slice(0, 1),
  }),
  converged: ({ parameters, iterations }) => {
    const criterion = Number(parameters['factor']) ** iterations.length;
    return { done: criterion < 1e-9, criterion, note: 'Came to ' + criterion.toPrecision(2) + '.' };
  },
});
`;

describe.runIf(hasBrowser)('failures and iterations in the dashboard', () => {
  let kiln: Awaited<ReturnType<typeof kilnUp>>;
  let browser: Browser;
  let page: Page;
  let gates: string;
  let flaky = '';
  let descent = '';
  const errors: string[] = [];

  beforeAll(async () => {
    [kiln, browser] = await Promise.all([kilnUp(), openBrowser()]);
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(await kiln.signInLink());
    await page.getByRole('heading', { name: 'Connectors' }).waitFor();

    gates = join(kiln.home, 'gates');
    await mkdir(gates);
    const yaml =
      'description: Fails.\nrunsOn: unix\nreliability: true\nsweep: { n: [1, 2, 3] }\ndefaults: { retry_delay: 0, maximum_retries: 1, task_time_limit: 1h }\n';
    const late = `#!/bin/sh\n[ -e '${join(gates, 'late')}' ] || exec sleep 600\n`;
    await kiln.connector('late', 'description: Takes long at first.\nrunsOn: unix\ndefaults: { task_time_limit: 1s }\n', late);
    await kiln.connector('flaky', yaml, FLAKY.replaceAll('$MARK', join(kiln.home, 'mark')));
    await mkdir(join(kiln.home, 'payloads/descent'), { recursive: true });
    await writeFile(join(kiln.home, 'payloads/descent/connector.ts'), DESCENT.replace('GATES', gates));
  });
  afterAll(async () => {
    await browser?.close();
    await kiln?.close();
  });

  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const status = (word: string) => page.getByRole('status', { name: 'Status of the job' }).filter({ hasText: word });
  const open = async (iteration: number) => writeFile(join(gates, String(iteration)), '');

  async function submit(connector: string): Promise<string> {
    await page.goto(kiln.url);
    await page.getByRole('link', { name: connector, exact: true }).click();
    await button('Submit job').click();
    await page.waitForURL(/\/jobs\/\d+/);
    return /\/jobs\/(\d+)/.exec(page.url())?.[1] ?? '';
  }

  test('hides on the form what failed tasks need only when they are tried again', async () => {
    await page.goto(kiln.url);
    await page.getByRole('link', { name: 'flaky', exact: true }).click();
    const most = page.getByRole('textbox', { name: 'Most retries' });
    await most.waitFor();
    await page.getByRole('checkbox', { name: 'Schedule failed tasks again' }).uncheck();
    await most.waitFor({ state: 'detached' });
  });

  test('says what failed and why, what its retries cost, and shows the log of each attempt', { timeout: 120_000 }, async () => {
    flaky = await submit('flaky');
    await status('Failed').waitFor();
    await page
      .getByText(/^2 attempts of 2 tasks failed and were repeated/)
      .first()
      .waitFor();
    await page.getByRole('progressbar', { name: '3 tasks: 2 succeeded, 1 failed' }).waitFor();
    await page.getByRole('tab', { name: 'Failures (1)' }).click();
    await page.getByRole('heading', { name: '1 failed task', exact: true }).waitFor();
    const codes = page.getByRole('tabpanel').getByRole('list', { name: 'Failures by code' });
    expect(await codes.textContent()).toContain('EXIT 1 Read its log');
    await button(/^Task 1 .*main\.sh exited with code 7.*2 attempts/).click();
    const attempts = page.getByRole('list', { name: 'Attempts of task 1' });
    await attempts.getByText('Attempt 1').waitFor();
    await attempts.getByText('Last lines of stderr').first().click();
    for (const attempt of [1, 2]) {
      const text = page.getByRole('group', { name: `End of stderr of attempt ${attempt}` });
      await text.filter({ hasText: 'attempt of n=1 says <b>why</b>' }).waitFor();
    }
  });

  test('shows the earlier attempt of a task that succeeded in the end', async () => {
    await page.goto(`${kiln.url}/jobs/${flaky}?task=2`);
    await page.getByRole('heading', { name: 'Earlier attempts' }).waitFor();
    await page.getByRole('list', { name: 'Attempts of task 2' }).getByText('main.sh exited with code 8').waitFor();
  });

  test('asks how much time a task is to have where its failure does not call for more', async () => {
    await page.goto(`${kiln.url}/jobs/${flaky}`);
    await button('More ways to retry').click();
    await page.getByRole('menuitem', { name: 'Retry with more time…' }).click();
    const time = page.getByRole('dialog').getByLabel('Time of a task');
    expect(await time.inputValue()).toBe('2h');
    await time.fill('much');
    await page.getByRole('dialog').getByRole('button', { name: 'Retry failed' }).click();
    await page.getByText('Write it as 2h or 90m.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('retries with twice the time what ran into its limit', { timeout: 120_000 }, async () => {
    await submit('late');
    await status('Failed').waitFor();
    await writeFile(join(gates, 'late'), '');
    await button('Retry with a limit of 2s').click();
    await status('Succeeded').waitFor();
    await page
      .getByText(/^1 attempt of 1 task failed and was repeated/)
      .first()
      .waitFor();
    await page.getByRole('tab', { name: 'Parameters' }).click();
    await page.getByRole('row', { name: 'task_time_limit 2s' }).waitFor();
  });

  test('draws the criterion as it comes, and stops after an iteration or goes on after all', { timeout: 120_000 }, async () => {
    descent = await submit('descent');
    await page.getByRole('tab', { name: 'Iterations' }).click();
    await open(0);
    const chart = page.getByRole('img', { name: /^Criterion by iteration/ });
    await page.getByText('Iteration 1 is under way, 2 of at most 4.').waitFor();
    await page.getByRole('img', { name: /to 0\.1 in iteration 0.*Iteration 1 is under way/ }).waitFor();
    await button('Stop after this iteration').click();
    await page.getByText('It will be the last one.').waitFor();
    await button('Go on after all').click();
    await button('Stop after this iteration').waitFor();
    await open(1);
    await page.getByText('Iteration 2 is under way').waitFor();
    await button('Stop after this iteration').click();
    await button('Go on after all').waitFor();
    await open(2);
    await status('Succeeded').waitFor();
    await page.getByText('3 iterations. Stopped, as somebody asked.').waitFor();
    expect(await chart.getAttribute('aria-label')).toContain('from 0.1 in iteration 0 to 0.001 in iteration 2');
    await page.getByText('Table', { exact: true }).click();
    const row = page.getByRole('table', { name: 'Iterations' }).getByRole('row').nth(2);
    expect(await row.textContent()).toMatch(/^10\.014Came to 0\.010\./);
  });

  test('goes on for more iterations', { timeout: 120_000 }, async () => {
    await page.goto(`${kiln.url}/jobs/${descent}?tab=iterations`);
    await page.getByRole('textbox', { name: 'How many more iterations' }).fill('1');
    await button('Go on').click();
    await page.getByText('Iteration 3 is under way, 4 of at most 4.').waitFor();
    await open(3);
    await page.getByText('4 iterations. The most iterations were reached.').waitFor();
  });

  test('branches from an iteration with another parameter, and shows where it came from', { timeout: 120_000 }, async () => {
    await page.goto(`${kiln.url}/jobs/${descent}?tab=iterations&iteration=1`);
    await button('Branch from here…').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Most iterations').fill('0');
    await dialog.getByText('Most iterations must be at least 1.').waitFor();
    await dialog.getByLabel('Most iterations').fill('4');
    await dialog.getByLabel('Factor').fill('0.2');
    await dialog.getByRole('button', { name: 'Branch' }).click();
    await page.waitForURL((url) => /\/jobs\/\d+$/.test(url.pathname) && !url.pathname.endsWith(`/${descent}`));
    await status('Succeeded').waitFor();
    await page.getByText('Up to iteration 1 they are of').waitFor();
    await page.getByRole('img', { name: /to 0\.0016 in iteration 3/ }).waitFor();
    await page.getByRole('link', { name: `job ${descent}, iteration 1` }).click();
    await page.getByRole('heading', { name: 'Iteration 1' }).waitFor();
  });

  test('is free of what axe finds, and fits a phone, in light and dark', { timeout: 180_000 }, async () => {
    const paths = [
      `/jobs/${flaky}?tab=failures`,
      `/jobs/${flaky}?task=2`,
      `/jobs/${descent}?tab=iterations`,
      `/jobs/${descent}?tab=nodes`,
      '/connectors/flaky',
    ];
    const see = async () => {
      const task = button(/^Task 1 /);
      if (page.url().includes('tab=failures')) await task.click();
    };
    const found = await faults(
      page,
      paths.map((path) => kiln.url + path),
      see,
    );
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
  });
});
