import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FileDetail } from '../../harness/report/page/data.ts';
import { launch, open, written } from './browser.ts';
import { sample } from './page-sample.ts';

const { index, chunks } = sample();
const [door] = index.frontier;
const doorPath = index.files[door!.file]!.path;
const doorLine = door!.place[0];
const detailOf = (file: number): FileDetail =>
  chunks.find(({ name }) => name === `file-${file}`)!.content as FileDetail;
const linesOf = (file: number) => detailOf(file).lines;

let browser: Browser;
let url: string;
beforeAll(async () => {
  browser = await launch();
  url = written({ index, chunks });
});
afterAll(() => browser?.close());

/** Opens a place of the report, and sees that nothing went wrong on the way. */
async function at(hash: string, look: (page: Page) => Promise<void>, options = {}): Promise<void> {
  const { page, wrong } = await open(browser, url + hash, options);
  await look(page);
  expect(wrong).toEqual([]);
  await page.context().close();
}

const hash = (page: Page): Promise<string> => page.evaluate('decodeURIComponent(location.hash)');
/** It is drawn once its index is unpacked, which is behind what a browser calls loaded. */
const drawn = (page: Page) => page.locator('#app > *').first().waitFor({ state: 'attached' });
const heading = (page: Page) => page.getByRole('heading', { level: 1 });

test('the overview has the totals, the top of the frontier, coverage over time, and how it was made', () =>
  at('', async (page) => {
    const totals = page.getByRole('region', { name: 'Totals' });
    const [covered, all] = index.totals.lines.map((count) => count.toLocaleString('en'));
    await totals.getByText(`${covered} of ${all}`).waitFor();
    expect(await page.getByRole('article', { name: 'Door 1', exact: true }).textContent()).toContain(
      door!.code,
    );
    await page.getByRole('img', { name: /^Coverage over time: 6,\d+ PCs after 11 h 30 min/ }).waitFor();
    await page.getByText('As a table').click();
    const points = index.history.reduce((sum, run) => sum + run.points.length, 0);
    expect(await page.getByRole('table').getByRole('row').count()).toBe(points + 1);
    expect(await page.getByLabel('Command that makes the report again').textContent()).toBe(index.command);
    expect(await page.title()).toBe('Overview · fuzz/parsers.fuzz.ts · kcovjs');
  }));

describe('the tree of files', () => {
  test('is walked with the keys of a tree, and Enter opens a file', () =>
    at('#/files', async (page) => {
      const tree = page.getByRole('treegrid', { name: 'Files' });
      await page.getByRole('button', { name: 'Collapse' }).click();
      await tree.focus();
      const active = async () =>
        page
          .locator(`[id="${await tree.getAttribute('aria-activedescendant')}"]`)
          .getAttribute('aria-posinset');
      const folders = await tree.locator('[aria-level="1"]').count();
      await page.keyboard.press('End');
      expect(await active()).toBe(String(folders));
      await page.keyboard.press('Home');
      expect(await tree.locator('[aria-level="2"]').count()).toBe(0);
      await page.keyboard.press('ArrowRight');
      await tree.locator('[aria-level="2"]').first().waitFor();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await page.getByRole('group', { name: 'Source of acorn/dist/acorn.js' }).waitFor();
      expect(await hash(page)).toBe('#/file/acorn/dist/acorn.js');
    }));

  test('is filtered and sorted, and the address says so', () =>
    at('#/files', async (page) => {
      await page.getByLabel('Filter files').fill('qs/lib/parse');
      await expect.poll(() => page.getByRole('link', { name: 'parse.js' }).count()).toBeGreaterThan(0);
      expect(await page.getByRole('link', { name: 'acorn.js' }).count()).toBe(0);
      await page.getByLabel('Sort by').selectOption('uncovered lines');
      expect(await hash(page)).toBe('#/files?q=qs/lib/parse&sort=uncovered');
      await page.reload();
      await page.getByRole('link', { name: 'parse.js' }).first().waitFor();
      expect(await page.getByLabel('Filter files').inputValue()).toBe('qs/lib/parse');
    }));
});

describe('a file', () => {
  test('opens at the line of its address, whose count leads to inputs, and these to the command', () =>
    at(`#/file/${doorPath}:${doorLine}`, async (page) => {
      const row = page.locator('.line[aria-current]');
      await row.waitFor();
      expect(await row.locator('code').textContent()).toContain(door!.code.slice(0, 20));
      const count = row.getByRole('button', { name: new RegExp(`^Line ${doorLine}: partly covered, [1-9]`) });
      await count.click();
      expect(await hash(page)).toBe(`#/file/${doorPath}:${doorLine}?inputs`);
      const panel = page.getByRole('complementary', { name: `Line ${doorLine}` });
      await panel.getByRole('radio').nth(1).check();
      await panel.getByRole('tab', { name: 'Hex' }).waitFor();
      expect(await panel.getByRole('tabpanel').textContent()).toMatch(/^00000000 {2}47 45 54 20/);
      await panel.getByRole('tab', { name: 'Text' }).click();
      expect(await panel.getByRole('tabpanel').textContent()).toContain('Host: example.org');
      await page.keyboard.press('ArrowRight');
      expect(await panel.getByRole('tabpanel').textContent()).toContain('consumeBoolean() → true');
      const name = await panel.locator('label.chosen .input-name').textContent();
      const command = `kcovjs replay fuzz/parsers.fuzz.ts corpus/${name}`;
      expect(await panel.getByLabel('Command that runs it again').textContent()).toBe(command);
      await panel.getByRole('button', { name: 'Copy' }).click();
      await panel.getByRole('button', { name: 'Copied' }).waitFor();
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
      expect(await count.evaluate((button) => button === button.ownerDocument.activeElement)).toBe(true);
    }));

  test.each([
    ['✓', 'covered', 2],
    ['◐', 'partly covered', 1],
    ['✗', 'not covered', 0],
    ['∅', 'in a function that was never entered', 3],
  ] as const)('has the sign %s for lines %s, and says it', (sign, words, state) => {
    const [line] = linesOf(door!.file).find((one) => one[1] === state)!;
    return at(`#/file/${doorPath}:${line}`, async (page) => {
      const button = page.getByRole('button', { name: new RegExp(`^Line ${line}: ${words}, `) });
      expect(await button.textContent()).toContain(sign);
    });
  });

  test('is gone through with n, p and d', () =>
    at(`#/file/${doorPath}`, async (page) => {
      await page.locator('.line').first().waitFor();
      const [first] = linesOf(door!.file).find(([, state]) => state !== 2)!;
      await page.keyboard.press('n');
      await expect.poll(() => hash(page)).toBe(`#/file/${doorPath}:${first}`);
      await page.keyboard.press('n');
      await page.keyboard.press('p');
      await expect.poll(() => hash(page)).toBe(`#/file/${doorPath}:${first}`);
      await page.keyboard.press('d');
      await page.locator('.line[aria-current] .door-chip').first().waitFor();
    }));

  test('lists its functions, sorted by what was called most', () =>
    at(`#/file/${doorPath}`, async (page) => {
      await page.getByText(/^\d+ functions?/).click();
      const table = page.getByRole('table', { name: 'Functions of this file' });
      await table.getByRole('button', { name: 'Calls' }).click();
      expect(await table.getByRole('columnheader', { name: 'Calls' }).getAttribute('aria-sort')).toBe(
        'descending',
      );
      const calls = await table.getByRole('row').nth(1).getByRole('cell').nth(2).textContent();
      const { functions } = detailOf(door!.file);
      expect(calls).toBe(Math.max(...functions.map((one) => one.calls)).toLocaleString('en'));
      await table.getByRole('link').first().click();
      await page.locator('.line[aria-current]').waitFor();
    }));

  test('is copied without line numbers, all of it with Ctrl-A', () =>
    at(`#/file/${doorPath}`, async (page) => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const pane = page.getByRole('group', { name: `Source of ${doorPath}` });
      await pane.focus();
      const text = detailOf(door!.file).text!;
      const copied = async (): Promise<string> => {
        await page.keyboard.press('Control+c');
        return page.evaluate('navigator.clipboard.readText()');
      };
      await page.keyboard.press('Control+a');
      expect(await copied()).toBe(text);
      await page.locator('.hl-comment').first().waitFor();
      await page.evaluate(`
        const rows = document.querySelectorAll('.code .line code');
        getSelection().setBaseAndExtent(rows[2], 0, rows[5], rows[5].childNodes.length);
      `);
      await pane.dispatchEvent('pointerdown');
      expect(await copied()).toBe(text.split(/\r?\n/).slice(2, 6).join('\n'));
    }));
});

test('functions are filtered and lead to their line', () =>
  at('#/functions', async (page) => {
    await page.getByLabel('Filter functions').fill('decodeHuffman jpeg-js');
    await page.getByText(/^\d function/).waitFor();
    await page.getByRole('link', { name: 'decodeHuffman' }).first().click();
    await page.locator('.line[aria-current]', { hasText: 'function decodeHuffman' }).waitFor();
    await page.goBack();
    expect(await page.getByLabel('Filter functions').inputValue()).toBe('decodeHuffman jpeg-js');
  }));

test('what is printed is all of it', () =>
  at('#/functions', async (page) => {
    const rows = page.getByRole('table').getByRole('row');
    await rows.nth(1).waitFor();
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    await expect.poll(() => rows.count()).toBe(index.totals.functions[1] + 1);
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
    await expect.poll(() => rows.count()).toBeLessThan(100);
  }));

describe('the frontier', () => {
  test('shows what was wanted above what came closest, and where they part', () =>
    at('#/frontier', async (page) => {
      const card = page.getByRole('article').filter({ hasText: '"GEX "' }).first();
      const values = card.locator('.compare').first().locator('.role, .value');
      expect(await values.allTextContents()).toEqual(['wanted', '"GET "', 'closest', '"GEX "']);
      expect(await card.locator('mark').allTextContents()).toEqual(['T', 'X']);
    }));

  test('is sorted by what lies behind, filtered by file, and leads to the line', () =>
    at('#/frontier', async (page) => {
      await page.getByLabel('Sort by').selectOption('PCs behind');
      const most = Math.max(...index.frontier.map(({ behind }) => behind));
      await expect
        .poll(() => page.getByRole('article').first().textContent())
        .toContain(`${most} PCs behind it`);
      await page.getByLabel('Filter by file or function').fill(doorPath);
      const first = page.getByRole('article').first();
      const place = await first.locator('.door-place a').textContent();
      await first.locator('.door-place a').click();
      expect(await hash(page)).toBe(`#/file/${place}`);
    }));
});

test('inputs are found by name, by failure, and by size', () =>
  at('#/inputs', async (page) => {
    await page
      .getByRole('cell', { name: /^SyntaxError/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Size' }).click();
    const rows = page.getByRole('table').getByRole('row');
    await expect.poll(() => rows.nth(1).textContent()).toContain('finding');
    await page.getByLabel('failed').check();
    const failed = Array.from({ length: 242 }, (_, input) => input).filter(
      (input) => input % 17 === 3,
    ).length;
    await page.getByText(`${failed} inputs`).waitFor();
    expect(await hash(page)).toBe('#/inputs?sort=size&failed');
  }));

describe('the trace of an input', () => {
  test('is a tree that is unfolded with keys; remote sections say what they are', () =>
    at('#/input/7', async (page) => {
      const tree = page.getByRole('tree', { name: 'Trace' });
      await page.getByLabel('Unfold').selectOption('1 call');
      const items = tree.getByRole('treeitem');
      await page.getByText('remote section of subsystem 0x1, id 0x2a').waitFor();
      const before = await items.count();
      await tree.focus();
      for (const key of ['Home', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => items.count()).toBeLessThan(before);
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => items.count()).toBe(before);
      await page.keyboard.press('Enter');
      await page.locator('.line[aria-current]').waitFor();
    }));

  test('is filtered by function: what leads there stays', () =>
    at('#/input/7', async (page) => {
      await page.getByLabel('Filter by function').fill('readHeader');
      const names = page.getByRole('tree').locator('.function-name');
      await expect.poll(async () => new Set(await names.allTextContents())).toContain('readHeader');
      expect(await page.getByRole('tree').locator('.trace-lines').count()).toBe(0);
    }));
});

test('a finding leads to its source, its input, and the command that runs it again', () =>
  at('#/findings/uncaught-typeerror-1', async (page) => {
    const [finding] = index.findings;
    const card = page.getByRole('article', { name: finding!.title });
    expect(await card.getByLabel('Command that runs it again').textContent()).toBe(finding!.command);
    expect(await card.getByText('fails in').textContent()).toBe('fails in 10 of 10 runs');
    await card.getByRole('link', { name: 'at decodeScan' }).click();
    await page.locator('.line[aria-current]').waitFor();
    await page.goBack();
    await card.getByRole('link', { name: /its trace/ }).click();
    await page.getByRole('tree', { name: 'Trace' }).waitFor();
  }));

test('the search finds files, functions, findings and inputs, and goes there', () =>
  at('', async (page) => {
    await heading(page).waitFor();
    await page.keyboard.press('/');
    const field = page.getByRole('combobox', { name: /^Search/ });
    await field.fill('pars');
    const list = page.getByRole('listbox');
    await list.getByRole('option').first().waitFor();
    for (const kind of ['Files', 'Functions', 'Findings'])
      expect(await list.getByRole('group', { name: kind }).getByRole('option').count()).toBeGreaterThan(0);
    await field.fill('9e3779b1');
    await expect.poll(() => list.getByRole('group').count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Input #0/ }).waitFor();
    await page.keyboard.press('Control+k');
    await field.fill('quantizeAndInverse');
    await list.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await list.getByRole('option', { selected: true }).count()).toBe(1);
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
  }));

describe('themes', () => {
  const background = (page: Page): Promise<string> =>
    page.evaluate('getComputedStyle(document.body).backgroundColor');

  test.each([
    'light',
    'dark',
  ] as const)('the page follows a %s system, and a choice outlives it', (colorScheme) =>
    at(
      '',
      async (page) => {
        const [system, other] =
          colorScheme === 'dark' ? ['rgb(21, 24, 29)', 'light'] : ['rgb(255, 255, 255)', 'dark'];
        const button = page.getByRole('button', { name: /^Theme/ });
        await button.waitFor();
        expect(await background(page)).toBe(system);
        while (!(await button.getAttribute('aria-label'))!.includes(other!)) await button.click();
        expect(await background(page)).not.toBe(system);
        await page.reload();
        await button.waitFor();
        expect(await background(page)).not.toBe(system);
      },
      { colorScheme },
    ));

  test('a page without storage has themes too', () =>
    at('', async (page) => {
      await page.addInitScript(
        `Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })`,
      );
      await page.reload();
      await page.getByRole('button', { name: 'Theme: auto' }).click();
      await page.getByRole('button', { name: 'Theme: light' }).waitFor();
    }));
});

describe('for those who do not see', () => {
  test('the page has landmarks, headings in order, and names', () =>
    at(`#/file/${doorPath}:${doorLine}?inputs`, async (page) => {
      await page.getByRole('tabpanel').waitFor();
      const snapshot = await page.locator('body').ariaSnapshot();
      for (const part of [
        '- banner:',
        '- navigation "Views":',
        '- main:',
        '- treegrid "Files"',
        `- complementary "Line ${doorLine}":`,
        '- tablist "Content of the input":',
        '- button "Keys"',
      ])
        expect(snapshot).toContain(part);
      const levels: number[] = await page.evaluate(
        `[...document.querySelectorAll('h1, h2, h3')].map((heading) => Number(heading.tagName[1]))`,
      );
      expect(levels).toEqual([1, 2]);
      const nameless = await page.evaluate(
        `[...document.querySelectorAll('button, a, input, select')].filter((one) => !one.closest('noscript') && !(one.ariaLabel || one.textContent || one.labels?.length)).length`,
      );
      expect(nameless).toBe(0);
    }));

  test('every control is reached with Tab', () =>
    at('#/frontier', async (page) => {
      await page.getByRole('article').first().waitFor();
      await page.getByLabel('Filter by file or function').fill(doorPath);
      const controls = await page.locator('button:visible, a:visible, input:visible, select:visible').count();
      const reached = new Set<string>();
      for (let step = 0; step < controls + 12; step++) {
        await page.keyboard.press('Tab');
        reached.add(await page.evaluate(WHICH));
      }
      const all: string[] = await page.evaluate(
        `[...document.querySelectorAll('#app button, #app a, #app input, #app select')].map((_, at) => String(at))`,
      );
      expect([...reached].filter((which) => which !== '-1').sort()).toEqual(all.sort());
    }));

  test('a new view has the focus at its heading, and the content can be skipped to', () =>
    at('', async (page) => {
      await drawn(page);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
      await page.getByRole('link', { name: /^Findings/ }).click();
      await page.getByRole('heading', { name: /^Findings/ }).waitFor();
      await expect.poll(() => page.evaluate('document.activeElement.textContent')).toMatch(/^Findings/);
    }));
});

const WHICH = `String([...document.querySelectorAll('#app button, #app a, #app input, #app select')].indexOf(document.activeElement))`;

test('coming back leads to where one was', () =>
  at('#/functions', async (page) => {
    const table = page.getByRole('table');
    await table.evaluate((element) => {
      element.scrollTop = 9000;
    });
    const row = table.getByRole('row', { name: /./ }).nth(20);
    // Rows are drawn in the frame after the one that scrolls.
    await expect.poll(async () => Number(await row.getAttribute('aria-rowindex'))).toBeGreaterThan(100);
    const name = await row.getByRole('link').textContent();
    await row.getByRole('link').click();
    await page.locator('.line[aria-current]').waitFor();
    await page.goBack();
    await table.getByRole('link', { name: name! }).first().waitFor();
    expect(await table.evaluate((element) => element.scrollTop)).toBe(9000);
  }));

test('what is not there is said', async () => {
  for (const place of ['#/nowhere', '#/file/no/such.js', '#/input/99999', '#/input/-1', '#/file/%E0%A4%A'])
    await at(place, async (page) => {
      await page.getByText('is not in this report').first().waitFor();
    });
});

test('without scripts there are the numbers', () =>
  at(
    '',
    async (page) => {
      await page.getByRole('cell', { name: String(index.totals.pcs[0]), exact: true }).waitFor();
    },
    { javaScriptEnabled: false },
  ));
