import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { width } from '../../harness/screen/text.ts';
import { ROOT } from '../cli/kcovjs.ts';
import { RealTerminal } from './terminal.ts';

const MAIN = join(ROOT, 'dist/harness/cli/main.js');
const TARGET = join(ROOT, 'test/fixtures/campaign/letters.mjs');

let terminal: RealTerminal | undefined;
afterEach(() => terminal?.close());

test.each([
  [44, 16],
  [120, 40],
])(
  'a campaign is seen in a terminal of %i columns, and finishes in order when it is interrupted',
  async (columns, rows) => {
    const corpus = join(mkdtempSync(join(tmpdir(), 'kcovjs-seen-')), 'corpus');
    terminal = new RealTerminal(columns, rows, [
      ...[process.execPath, MAIN, 'fuzz', TARGET, corpus, '--workers', '2', '--keep-going'],
    ]);
    const lines = await terminal.until((text) => /findings 1\b/.test(text) && /a word of/.test(text));
    for (const line of lines) expect(width(line)).toBeLessThan(columns);
    expect(lines.join('\n')).toMatch(/exec/);
    terminal.press('C-c');
    const last = await terminal.until((text) => text.includes('over: 77'));
    expect(last.join(' ')).toContain('kcovjs replay');
    expect(terminal.cursorIsShown).toBe(true);
  },
  120_000,
);
