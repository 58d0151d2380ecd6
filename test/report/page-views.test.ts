import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOW_CONTRAST, launch, open, written } from './browser.ts';
import { sample } from './page-sample.ts';

/** A folder to which every view is drawn, at every width, light and dark. */
const SCREENSHOTS = process.env['KCOVJS_SCREENSHOTS'];
const WIDTHS = [360, 800, 1440];
const THEMES = SCREENSHOTS ? (['light', 'dark'] as const) : (['light'] as const);

const { index, chunks } = sample();
const [door] = index.frontier;
const path = index.files[door!.file]!.path;
const VIEWS = [
  ['overview', '#/'],
  ['files', '#/files'],
  ['file', `#/file/${path}:${door!.place[0]}`],
  ['line', `#/file/${path}:${door!.place[0]}?inputs`],
  ['functions', '#/functions'],
  ['frontier', '#/frontier'],
  ['inputs', '#/inputs'],
  ['input', '#/input/7'],
  ['findings', '#/findings'],
  ['lost', '#/nowhere'],
] as const;

let browser: Browser;
let url: string;
beforeAll(async () => {
  browser = await launch();
  url = written({ index, chunks });
});
afterAll(() => browser?.close());

test.each(WIDTHS)('no view is wider than a screen of %i pixels', async (width) => {
  for (const colorScheme of THEMES) {
    const { page, wrong } = await open(browser, url, { viewport: { width, height: 860 }, colorScheme });
    for (const [name, hash] of VIEWS) {
      await page.goto(url + hash);
      await page.locator('main h1, main .empty').first().waitFor();
      await page.getByText('Loading…').waitFor({ state: 'hidden' });
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      expect(wide, name).toBeLessThanOrEqual(width);
      if (SCREENSHOTS) {
        await page.waitForTimeout(300);
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${width}-${colorScheme}.png`) });
      }
    }
    if (SCREENSHOTS) await dialogs(page, `${width}-${colorScheme}`);
    expect(wrong).toEqual([]);
    await page.context().close();
  }
});

test.each([
  'light',
  'dark',
] as const)('text has a contrast of 4.5 to 1 when it is %s', async (colorScheme) => {
  const { page } = await open(browser, url, { colorScheme });
  for (const [name, hash] of VIEWS) {
    await page.goto(url + hash);
    await page.locator('main h1, main .empty').first().waitFor();
    await page.getByText('Loading…').waitFor({ state: 'hidden' });
    if (name === 'file') await page.locator('.hl-keyword').first().waitFor();
    expect(await page.evaluate(LOW_CONTRAST), name).toEqual([]);
  }
  await page.context().close();
});

/** What is over a view: drawn, as it is not wider than it may be by its styles. */
async function dialogs(page: Page, name: string): Promise<void> {
  await page.goto(`${url}#/file/${path}`);
  await page.getByText(/^\d+ functions?/).click();
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(SCREENSHOTS!, `file-functions-${name}.png`) });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('pars');
  await page.getByRole('option').first().waitFor();
  await page.screenshot({ path: join(SCREENSHOTS!, `search-${name}.png`) });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Keys' }).click();
  await page.screenshot({ path: join(SCREENSHOTS!, `help-${name}.png`) });
}
