import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, open, written } from './browser.ts';
import { sample } from './page-sample.ts';

/** `KCOVJS_PAGE_FILES=5000` for a report as large as they come; its times are printed. */
const FILES = Number(process.env['KCOVJS_PAGE_FILES'] ?? 300);
const INPUTS = FILES * 20;
/** However much there is, so much of it is in the page. */
const MOST_ELEMENTS = 4000;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

test('what is in a view is as much as is seen, however much there is', async () => {
  const { index, chunks } = sample({ files: FILES, inputs: INPUTS, detailed: 640 });
  const url = await timed('write', async () => written({ index, chunks }));
  const functions = index.totals.functions[1];
  const { size } = statSync(fileURLToPath(url));
  say(`${FILES} files, ${functions} functions, ${INPUTS} inputs: ${(size / 1e6).toFixed(1)} MB`);
  const { page, wrong } = await timed('open', () => open(browser, url));
  await page.getByRole('heading', { level: 1 }).waitFor();
  say(await page.evaluate(PAINT));

  await visit(page, 'files', '#/files', '[role=treegrid] .tree-row');
  await timed('expand all', async () => {
    await page.getByRole('button', { name: 'Expand all' }).click();
    await page.locator('[aria-level="3"]').first().waitFor();
  });
  await fewElements(page);
  await scroll(page, '.files');
  await visit(page, 'functions', '#/functions', '.table-row a');
  await scroll(page, '.table');
  await timed('sort functions', async () => {
    await page.getByRole('button', { name: 'Function' }).click();
    await page.locator('[aria-sort=ascending]').waitFor();
  });
  await timed('filter functions', async () => {
    await page.getByLabel('Filter functions').fill('copy-3/ huffman');
    await page.getByText(/^\d{1,3} functions$/).waitFor();
  });
  await visit(page, 'inputs', '#/inputs', '.table-row a');
  await timed('sort inputs', async () => {
    await page.getByRole('button', { name: 'Size' }).click();
    await page.locator('[aria-sort=descending]').waitFor();
  });
  await scroll(page, '.table');
  await visit(page, 'a large file', '#/file/acorn/dist/acorn.js:3000', '.line.current');
  await scroll(page, '.code');
  await visit(page, 'an input', '#/input/600', '[role=treeitem]');
  await timed('unfold a trace', async () => {
    await page.getByLabel('Unfold').selectOption('all');
    await page.locator('[aria-level="7"]').first().waitFor();
  });
  await fewElements(page);
  await timed('open the search', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByText('Enter to open').waitFor();
  });
  await timed('search', async () => {
    await page.getByRole('dialog').getByRole('combobox').fill('parse value');
    await page.getByText(/\d found/).waitFor();
  });
  await timed('search with many answers', async () => {
    await page.getByRole('dialog').getByRole('combobox').fill('e');
    await page.getByRole('option').nth(20).waitFor();
  });
  expect(wrong).toEqual([]);
});

async function visit(page: Page, name: string, hash: string, selector: string): Promise<void> {
  await timed(name, async () => {
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await page.locator(selector).first().waitFor();
  });
  await fewElements(page);
}

async function fewElements(page: Page): Promise<void> {
  const count = await page.evaluate(`document.querySelectorAll('#app *').length`);
  expect(count).toBeLessThan(MOST_ELEMENTS);
}

/** A page a frame to the middle, then to the end: rows are there. */
async function scroll(page: Page, selector: string): Promise<void> {
  say(`scrolling ${selector}: ${await page.evaluate(SCROLL(selector))}`);
  await fewElements(page);
}

const SCROLL = (selector: string): string => `(async () => {
  const pane = document.querySelector(${JSON.stringify(selector)});
  const frames = [];
  let before = performance.now();
  for (let step = 0; step < 30; step++) {
    pane.scrollTop += pane.clientHeight;
    await new Promise(requestAnimationFrame);
    frames.push(performance.now() - before);
    before = performance.now();
  }
  pane.scrollTop = pane.scrollHeight;
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  const [box, rows] = [pane.getBoundingClientRect(), pane.querySelectorAll('.table-row, .tree-row, .line')];
  if (rows[rows.length - 1].getBoundingClientRect().bottom < box.bottom - 40) throw new Error('no rows at the end');
  frames.sort((a, b) => a - b);
  return 'frames of ' + frames[15].toFixed(0) + ' ms, at most ' + frames[29].toFixed(0) + ' ms';
})()`;

const PAINT = `(() => {
  const [entry] = performance.getEntriesByName('first-contentful-paint');
  const [load] = performance.getEntriesByType('navigation');
  return 'first contentful paint ' + entry?.startTime.toFixed(0) + ' ms, loaded ' + load.loadEventEnd.toFixed(0) + ' ms';
})()`;

async function timed<T>(name: string, action: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await action();
  say(`${name}: ${(performance.now() - start).toFixed(0)} ms`);
  return result;
}

function say(text: unknown): void {
  if (process.env['KCOVJS_PAGE_FILES']) console.log(String(text));
}
