import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Chunk } from '../../harness/report/html.ts';
import { toFile, toFinding } from '../../harness/report/page/base/routes.ts';
import type { DetailChunk, FileDetail, PageIndex } from '../../harness/report/page/data.ts';
import { launch, type Opened, open, written } from './browser.ts';
import type { Sample } from './page-sample.ts';

/** What tries to run, to be markup, to be an address, or to be another text than it is. */
const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  '"><svg onload=alert(1)>',
  "'-alert(1)-'",
  '<!--<script>',
  ']]><![CDATA[',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '<a href="https://example.org/">x</a>',
  '<style>*{display:none}</style>',
  '<base href="https://example.org/"><meta http-equiv=refresh content=0>',
  '{{constructor.constructor("alert(1)")()}}',
  '&lt;b&gt;&#x27;',
  '__proto__',
  'constructor',
  'toString',
  'photo\u202egpj.js',
  '\u2066\u2067isolate\u200b',
  'nul\0nul',
  'lone\ud800surrogate',
  '\udc00',
  'line\u2028separator',
  '%2e%2e%2f%00%',
  '../../etc/passwd',
  'a:12?inputs#/x',
  '\x1b[31mred\x07',
  'x'.repeat(3000),
];

/** Every text of a report is hostile. */
function hostile(): Sample {
  const paths = HOSTILE.map((text, at) => `src/${at}-${text}`).concat(
    '__proto__',
    'constructor',
    `${'a/'.repeat(30_000)}deep.js`,
  );
  const all = [1, 2] as const;
  const totals = { statements: all, branches: all, functions: all, lines: all, pcs: all };
  const operand = (value: string) => ({ type: 'text', value, constant: false }) as const;
  const index: PageIndex = {
    ...{ version: 1, made: HOSTILE[1]!, totals, doors: HOSTILE.length, notes: HOSTILE },
    target: HOSTILE[0]!,
    generator: HOSTILE[2]!,
    command: HOSTILE[1]!,
    root: HOSTILE[0]!,
    files: paths.map((path) => ({ path, ...totals })),
    frontier: HOSTILE.map((text, at) => ({
      ...{ file: at, range: [1, 1, 1, 5], kind: 'then', place: [1, 1], visits: 3, inputs: 1, behind: 2 },
      ...{ code: text, function: text, smallest: [0] },
      compares: [
        { place: [1, 1], left: operand(text), right: { ...operand(text), constant: true }, input: 0 },
      ],
    })),
    findings: HOSTILE.map((text, at) => ({
      ...{ slug: text, title: text, kind: text, count: 1, firstSeen: text, lastSeen: text, message: text },
      ...{ stack: [{ text, file: at, line: 1 }, { text }], decoded: [text], command: text, input: at },
    })),
    history: [{ start: HOSTILE[0]!, points: [{ seconds: 1, covered: 2, inputs: 1, executions: 1 }] }],
    inputs: { count: HOSTILE.length, findings: 0, failed: HOSTILE.length, bytes: 1 },
    detailed: HOSTILE.map((_, at) => at),
  };
  const { length } = paths;
  const functions = {
    names: paths.map((_, at) => HOSTILE[at % HOSTILE.length]!),
    files: paths.map((_, at) => at),
    lines: Array.from({ length }, () => 1),
    calls: Array.from({ length }, () => 1),
    pcs: Array.from({ length }, () => all),
  };
  const inputs = {
    names: HOSTILE,
    ...{ sizes: HOSTILE.map(() => 1), milliseconds: HOSTILE.map(() => 1), pcs: HOSTILE.map(() => 1) },
    first: HOSTILE.map(() => 1),
    faults: Object.fromEntries(HOSTILE.entries()),
  };
  return {
    index,
    chunks: [
      ...paths.map((_, at): Chunk => ({ name: `file-${at}`, content: file(at) })),
      { name: 'functions', content: functions },
      { name: 'inputs-0', content: inputs },
      { name: 'details-0', content: details() },
    ],
  };
}

const TEXT = HOSTILE.join('\n');
const ONE_LINE = `const a = "${'<script>alert(1)</script>'.repeat(45_000)}";`;

const NESTED = `${'(['.repeat(4000)}\n`.repeat(25);
const TYPES = `${'a<'.repeat(4000)}\n${'`${'.repeat(3000)}\n${'<a>{'.repeat(2000)}\n`.repeat(5);

function file(at: number): FileDetail {
  const text = HOSTILE[at % HOSTILE.length]!;
  return {
    text: [ONE_LINE, NESTED, TYPES][at] ?? TEXT,
    lines: [[1, 1, 5, 1, [0]]],
    functions: [
      {
        ...{ name: text, range: [1, 1, 3, 1], calls: 1, statements: [1, 2], branches: [1, 2], pcs: [1, 2] },
        ...{ inputs: 1, smallest: [0] },
      },
    ],
    marks: [{ range: [1, 3, 4, 2], kind: 'branch', title: text }],
  };
}

function details(): DetailChunk {
  const data = Buffer.from(`${HOSTILE[1]}\0${HOSTILE[0]}`);
  return {
    functions: HOSTILE.map((name, file) => ({ name, file, line: 1 })),
    calls: HOSTILE.map((_, fn) => ({ fn, steps: [1] })),
    inputs: Object.fromEntries(
      HOSTILE.map((text, at) => [
        at,
        {
          ...{ path: text, data: data.toString('base64'), size: data.length, decoded: [text], command: text },
          sections: [
            { pcs: 1, cut: text, steps: HOSTILE.map((_, call) => ({ call })) },
            { remote: { subsystem: text, id: text }, pcs: 1, steps: [{ call: 0 }] },
          ],
        },
      ]),
    ),
  };
}

const { index, chunks } = hostile();
let browser: Browser;
let url: string;
let opened: Opened;
beforeAll(async () => {
  browser = await launch();
  url = written({ index, chunks });
  opened = await open(browser, url);
});
afterAll(() => browser?.close());

/** Goes to a place, and sees that there is nothing but text. */
async function at(hash: string, look: (page: Page) => Promise<void>): Promise<void> {
  const { page, wrong } = opened;
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await look(page);
  const foreign = await page.evaluate(
    `[...document.querySelectorAll('img, iframe, object, embed, form, link, base, #app script, #app style, #app meta, [onload], [onerror]')].map((one) => one.outerHTML)`,
  );
  expect(foreign).toEqual([]);
  const links = await page.evaluate(
    `[...document.querySelectorAll('[href], [src], [action]')].map((one) => one.getAttribute('href')).filter((href) => !href?.startsWith('#/'))`,
  );
  expect(links).toEqual([]);
  expect(wrong).toEqual([]);
}

/** Compares text in the page: what comes back from a browser as text has no lone surrogates. */
const shows = (page: Page, selector: string, texts: readonly string[]): Promise<boolean> =>
  page.evaluate(
    `(() => { const there = new Set([...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent)); return ${JSON.stringify(texts)}.every((text) => there.has(text)); })()`,
  );

test('the overview', () =>
  at('#/', async (page) => {
    await page.getByRole('heading', { level: 1, name: HOSTILE[0]! }).waitFor();
    expect(await shows(page, '.notes li', HOSTILE)).toBe(true);
  }));

test('names of files lead to these files', async () => {
  for (const [number, { path }] of index.files.entries())
    await at(toFile(path), async (page) => {
      await expect.poll(() => shows(page, 'h1', [path])).toBe(true);
      await page.locator(`.line code`).first().waitFor();
      expect(await page.evaluate('document.title')).toContain('kcovjs');
      if (number > 2 && number < HOSTILE.length)
        await expect.poll(() => shows(page, '.line code', TEXT.split(/[\n\u2028]/))).toBe(true);
    });
});

test('a line of a megabyte', () =>
  at(`${toFile(index.files[0]!.path, 1)}?inputs`, async (page) => {
    await page.getByRole('complementary', { name: 'Line 1' }).waitFor();
    await page.getByRole('button', { name: /more$/ }).click();
    await expect.poll(() => shows(page, '.line code', [ONE_LINE])).toBe(true);
    await page.getByRole('tab', { name: 'Text' }).click();
    expect(await page.getByRole('tabpanel').textContent()).toBe(`${HOSTILE[1]}\0${HOSTILE[0]}`);
  }));

test.each([
  ['brackets', 1, NESTED],
  ['types, templates and elements', 2, TYPES],
])('%s that are nested without end', (_, number, text) =>
  at(toFile(index.files[number]!.path, 2), async (page) => {
    await expect.poll(() => shows(page, '.line code', [text.split('\n')[1]!])).toBe(true);
    // The time that colouring may take.
    await page.waitForTimeout(2000);
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
  }));

test('functions, inputs and findings', async () => {
  await at('#/functions', async (page) => {
    await expect.poll(() => shows(page, '.cell a', HOSTILE.slice(0, 20))).toBe(true);
  });
  await at('#/inputs', async (page) => {
    await expect.poll(() => shows(page, '.cell a', HOSTILE.slice(0, 20))).toBe(true);
  });
  await at('#/findings', async (page) => {
    await expect.poll(() => shows(page, '.card h2', HOSTILE)).toBe(true);
    expect(await shows(page, '.card .command code', HOSTILE)).toBe(true);
  });
  for (const [at_, slug] of HOSTILE.entries())
    await at(toFinding(slug), async (page) => {
      await page.locator(`#finding-${at_}.current`).waitFor();
    });
});

test('the frontier', () =>
  at('#/frontier', async (page) => {
    await expect.poll(() => shows(page, '.door-code', HOSTILE)).toBe(true);
    expect(await shows(page, '.value', HOSTILE)).toBe(true);
  }));

test('an input and its trace', () =>
  at('#/input/1', async (page) => {
    await page.getByRole('tree', { name: 'Trace' }).waitFor();
    await expect.poll(() => shows(page, '.function-name', HOSTILE.slice(0, 15))).toBe(true);
    await page.getByRole('tab', { name: 'Decoded' }).click();
    expect(await page.getByRole('tabpanel').textContent()).toBe(HOSTILE[1]);
  }));

test('the search', () =>
  at('#/', async (page) => {
    await page.keyboard.press('Control+k');
    for (const text of ['<img', '__proto__', '\u202e', '"><svg']) {
      await page.getByRole('combobox').fill(text);
      await page.getByRole('option').first().waitFor();
    }
    await page.getByRole('combobox').fill('constructor');
    await expect.poll(() => shows(page, '.hit-text', ['constructor'])).toBe(true);
    await page.keyboard.press('Enter');
    await expect.poll(() => shows(page, 'h1', ['constructor'])).toBe(true);
  }));

test('addresses that nobody made', async () => {
  for (const hash of [
    '#/%',
    '#javascript:alert(1)',
    '#/file/<img src=x onerror=alert(1)>',
    '#/files?q=<svg onload=alert(1)>',
    '#/frontier/__proto__',
    '#/input/__proto__',
    '#/functions?sort=__proto__&q=%ff',
  ])
    await at(hash, async (page) => {
      await page.locator('main .empty, main h1').first().waitFor();
    });
});

test('what stands in the page cannot run, whatever put it there', async () => {
  const { page, wrong } = await open(browser, url);
  await page.locator('h1').waitFor();
  const refused = await page.evaluate(
    `(() => { try { document.body.innerHTML = '<img src=x onerror=alert(1)>'; return 'not refused'; } catch (error) { return error.name; } })()`,
  );
  expect(refused).toBe('TypeError');
  await page.evaluate(`(() => {
    const image = document.createElement('img');
    image.src = 'https://example.org/x.png';
    const link = document.createElement('a');
    link.href = 'javascript:alert(1)';
    document.body.append(image, link);
    link.click();
  })()`);
  const policies = () => wrong.flatMap((text) => /^policy: (\S+)/.exec(text)?.[1] ?? []);
  for (const directive of ['require-trusted-types-for', 'img-src', 'script-src-elem'])
    await expect.poll(policies).toContain(directive);
  expect(wrong.filter((text) => /^(dialog|window)/.test(text))).toEqual([]);
});
