import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Sample } from './page-sample.ts';

const HTML = new URL('../../dist/harness/report/html.js', import.meta.url).href;
/** The built one, which has the bundle beside it. */
export const { writeHtml }: typeof import('../../harness/report/html.ts') = await import(HTML);

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** Writes a report; its address. */
export function written({ index, chunks }: Sample): string {
  const path = join(mkdtempSync(join(tmpdir(), 'kcovjs-page-')), 'index.html');
  writeHtml(path, index, chunks);
  return pathToFileURL(path).href;
}

export interface Opened {
  page: Page;
  /** What must not be: errors, messages on the console, dialogs, requests, violations of the policy. */
  wrong: string[];
}

/** Opens a report, and listens to what goes wrong. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(`error: ${error.stack}`));
  page.on('console', (message) => wrong.push(`console: ${message.text()}`));
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url.split('#')[0]) wrong.push(`request: ${request.url()}`);
  });
  context.on('page', (other) => other !== page && wrong.push(`window: ${other.url()}`));
  await page.exposeFunction('reportViolation', (text: string) => wrong.push(`policy: ${text}`));
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => reportViolation(event.violatedDirective + ' ' + event.blockedURI));`,
  );
  await page.goto(url);
  return { page, wrong };
}

/** Elements with text of their own whose colour is too near to what is behind them. */
export const LOW_CONTRAST = `(() => {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = (colours) => {
    context.clearRect(0, 0, 1, 1);
    for (const colour of colours) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1); }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255).map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const low = [];
  for (const element of document.querySelectorAll('body *')) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    if (element.closest('script, noscript, style, .visually-hidden, .skip, :disabled')) continue;
    const behind = [];
    for (let at = element; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor);
    const back = rgb(['white', ...behind]);
    const [one, other] = [light(rgb([getComputedStyle(element).color])), light(back)];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) low.push(element.className + ' ' + element.textContent.slice(0, 30) + ' ' + ratio.toFixed(2));
  }
  return low;
})()`;
