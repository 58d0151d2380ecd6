import { afterEach, describe, expect, test } from 'vitest';
import type { CampaignState } from '../../harness/campaign/state.ts';
import { width } from '../../harness/screen/text.ts';
import { campaign, finding, HOSTILE } from './states.ts';
import { RealTerminal } from './terminal.ts';

let terminal: RealTerminal | undefined;
afterEach(() => terminal?.close());

const open = (columns: number, rows: number, state: CampaignState, env = {}): RealTerminal => {
  terminal = new RealTerminal(columns, rows, state, env);
  return terminal;
};

const FOUND = [
  finding(1),
  finding(2, { kind: 'timeout', title: 'Timeout in parse (src/parser.ts:20)', reproduced: 7 }),
];
const LAST = 'nothing to do';

/** Nothing is broken into two lines: all that can be seen is whole lines of one frame. */
function expectWhole(lines: readonly string[], columns: number): void {
  for (const line of lines) expect(width(line)).toBeLessThan(columns);
  expect(lines.filter((line) => line.startsWith('kcovjs parser.mjs'))).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith('workers '))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('✓'))).toHaveLength(1);
}

describe('the live screen in a real terminal', () => {
  test.each([
    [40, 12],
    [80, 24],
    [200, 50],
  ])('of %i columns and %i rows shows what matters, and draws over itself', async (columns, rows) => {
    const screen = open(columns, rows, campaign(10));
    await screen.until((text) => text.includes('00:00:10'));
    for (let seconds = 11; seconds < 60; seconds += 7)
      screen.show(campaign(seconds, { findings: FOUND.slice(0, 1) }));
    screen.show(campaign(754, { findings: FOUND }));
    const lines = await screen.until(
      (text) => text.includes('00:12:34') && text.includes(LAST.split(' ')[0]!),
    );
    expectWhole(lines, columns);
    expect(screen.cursorIsShown).toBe(false);
    const text = lines.join('\n');
    for (const number of ['2,345', '874', '21.9 %', '7/10', '10/10']) expect(text).toContain(number);
    expect(text).toMatch(columns < 60 ? /1\.77M/ : /1,768,130/);
  });

  test('follows the size of the terminal, smaller and larger', async () => {
    const screen = open(80, 24, campaign(754, { findings: FOUND }));
    await screen.until((text) => text.includes(LAST));
    for (const [columns, rows] of [
      [40, 12],
      [120, 30],
      [60, 10],
      [200, 50],
      [80, 24],
    ] as const) {
      screen.resize(columns, rows);
      const wide = columns >= 60;
      const lines = await screen.until((text) => {
        const shown = text.split('\n').find((line) => line.startsWith('kcovjs')) ?? '';
        return width(shown) === columns - 1 && text.includes(wide ? LAST : 'nothing');
      });
      expectWhole(lines, columns);
    }
  });

  test('shows hostile titles harmlessly', async () => {
    const findings = HOSTILE.map((title, i) => finding(i + 1, { title }));
    const screen = open(80, 40, campaign(754));
    await screen.until((text) => text.includes(LAST));
    screen.show(campaign(755, { findings }));
    const parts = ['\\x1b[2J', 'one two three', '\\u{202e}txt', '漢字かな', 'very long very long'];
    const lines = await screen.until((text) =>
      ['00:12:35', LAST, ...parts].every((part) => text.includes(part)),
    );
    expectWhole(lines, 80);
  });

  test('leaves above it what came meanwhile: findings and notes', async () => {
    const screen = open(80, 40, campaign(10));
    await screen.until((text) => text.includes('00:00:10'));
    screen.show(campaign(20, { findings: FOUND.slice(0, 1), notes: ['worker 2 did not start in time'] }));
    await screen.until((text) => text.includes('00:00:20'));
    screen.show(campaign(30, { findings: FOUND, notes: ['worker 2 did not start in time'] }));
    const lines = await screen.until((text) => text.includes('found timeout') && text.includes('00:00:30'));
    const top = lines.slice(
      0,
      lines.findIndex((line) => line.startsWith('kcovjs')),
    );
    expect(top).toEqual([
      'before',
      '00:00:20 worker 2 did not start in time',
      expect.stringMatching(/^00:00:20 found error TypeError: .*…$/),
      '00:00:30 found timeout Timeout in parse (src/parser.ts:20)',
    ]);
  });

  test('makes way for the summary at the end, and gives the cursor back', async () => {
    const screen = open(120, 40, campaign(754, { findings: FOUND }));
    await screen.until((text) => text.includes(LAST));
    expect(screen.cursorIsShown).toBe(false);
    screen.show(campaign(760, { findings: FOUND, phase: 'done' }));
    const lines = await screen.until((text) => text.includes('over: 0'));
    expect(screen.cursorIsShown).toBe(true);
    const text = lines.join('\n');
    expect(text).not.toContain('✓');
    expect(text).toMatch(/kcovjs done after 00:12:40/);
    expect(text).toMatch(/1\. {2}error TypeError/);
    expect(text).toMatch(/npx kcovjs replay fuzz\.mjs/);
  });

  test('gives the cursor back where it is interrupted', async () => {
    const screen = open(80, 24, campaign(754));
    await screen.until((text) => text.includes(LAST));
    expect(screen.cursorIsShown).toBe(false);
    screen.press('C-c');
    await screen.until((text) => text.includes('over: 130'));
    expect(screen.cursorIsShown).toBe(true);
  });

  test('gives the cursor back where the process fails', async () => {
    const screen = open(80, 24, campaign(754));
    await screen.until((text) => text.includes(LAST));
    screen.show(null);
    await screen.until((text) => text.includes('TypeError') && text.includes('over: 1'));
    expect(screen.cursorIsShown).toBe(true);
  });

  test('lends the cursor while it is stopped, and draws anew after that', async () => {
    const screen = open(80, 24, campaign(754));
    await screen.until((text) => text.includes(LAST));
    screen.press('C-z');
    await screen.until(() => screen.cursorIsShown);
    screen.show(campaign(760));
    screen.resume();
    const lines = await screen.until((text) => text.includes('00:12:40') && !screen.cursorIsShown);
    expectWhole(lines, 80);
  });

  test('has colours unless NO_COLOR says otherwise', async () => {
    const screen = open(80, 24, campaign(754));
    await screen.until((text) => text.includes(LAST));
    expect(screen.lines({ styled: true }).join('\n')).toContain('\x1b[1m');
    screen.close();
    const plain = open(80, 24, campaign(754), { NO_COLOR: '1' });
    await plain.until((text) => text.includes(LAST));
    expect(plain.lines({ styled: true }).join('\n')).not.toContain('\x1b[1m');
  });

  test('in a terminal that cannot be drawn over there are lines instead', async () => {
    const screen = open(120, 24, campaign(754), { TERM: 'dumb' });
    const lines = await screen.until((text) => text.includes('execs'));
    expect(lines.join('\n')).toMatch(/^kcovjs: 00:12:34 execs 1768130 \(2345\/s\)/m);
    expect(screen.cursorIsShown).toBe(true);
  });
});
