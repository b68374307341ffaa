import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const hasBrowser = CHROMIUM !== undefined;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ ...(CHROMIUM ? { executablePath: CHROMIUM } : {}), args: QUIET });
}

/** What axe finds wrong with the page as it is, one line a rule and place. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const run =
    "axe.run({ resultTypes: ['violations'] }).then((found) => found.violations.flatMap((rule) => rule.nodes.map((node) => rule.id + ': ' + node.html)))";
  return page.evaluate<string[]>(run);
}

/** What is wrong with pages in light and dark, on a screen and on a phone. `see` opens what is to be looked at, if more than the page. */
export async function faults(
  page: Page,
  urls: readonly string[],
  see: () => Promise<void> = async () => undefined,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 390]) {
      // What is fading in has not its colours yet.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 844 });
      for (const url of urls) {
        await page.goto(url);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        await see();
        const where = `${new URL(url).pathname} ${colorScheme} ${width}`;
        found.push(...(await violations(page)).map((one) => `${where}: ${one}`));
        if ((await overflow(page)) > 0) found.push(`${where}: wider than the window`);
      }
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  return found;
}

/** Pixels by which the page is wider than its window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
