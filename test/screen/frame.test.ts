import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { CampaignState } from '../../harness/campaign/state.ts';
import { diagnose } from '../../harness/screen/diagnose.ts';
import { frame } from '../../harness/screen/frame.ts';
import { width } from '../../harness/screen/text.ts';
import { campaign, finding, HOSTILE, MINUTE, target, worker } from './states.ts';

const PLAIN = picocolors.createColors(false);
const MACHINE = { cores: 2, memory: 16_000, restarts: new Map() };

const draw = (state: CampaignState, columns: number, rows: number, colors = PLAIN): string[] =>
  frame({ state, columns, colors }, diagnose(state, MACHINE), rows);

const SEVERAL = campaign(600, {
  targets: ['parser.mjs', 'lexer.mjs', 'printer.mjs'].map((name) => target(600, { name })),
  workers: [worker(1), worker(2, { target: 'lexer.mjs' }), worker(3, { target: 'printer.mjs' })],
});

const STATES: [string, CampaignState][] = [
  ['at the start', campaign(0, { targets: [target(0, { history: [] })], workers: [] })],
  ['in the first second', campaign(1)],
  [
    'with findings',
    campaign(600, { findings: Array.from({ length: 30 }, (_, i) => finding(i + 1)), triage: 3 }),
  ],
  [
    'with hostile titles and names',
    campaign(600, {
      targets: [target(600, { name: HOSTILE[0] })],
      findings: HOSTILE.map((title, i) => finding(i + 1, { title })),
      notes: [`ENOSPC ${HOSTILE[2]}`],
    }),
  ],
  ['with several targets', SEVERAL],
  [
    'with forty workers',
    campaign(600, { workers: Array.from({ length: 40 }, (_, i) => worker(i + 1, { restarts: i })) }),
  ],
  [
    'with all that is wrong',
    campaign(3000, {
      targets: [
        target(3000, { stability: 0.5, overflowed: 0.2, meanMilliseconds: 90, sinceNew: 40 * MINUTE }),
      ],
    }),
  ],
  [
    'with numbers that are none',
    campaign(600, {
      targets: [
        target(600, {
          rate: Number.NaN,
          stability: Number.NaN,
          meanMilliseconds: Number.POSITIVE_INFINITY,
          sites: 0,
        }),
      ],
    }),
  ],
  [
    'of days',
    campaign(600, {
      elapsed: 3e9,
      targets: [target(600, { executions: 9e12, rate: 1e7, covered: 1e6, sites: 1e7, inputs: 1e6 })],
    }),
  ],
];

describe.each(STATES)('a screen %s', (_, state) => {
  test('has no line that is too wide, and not too many, in terminals of all sizes', () => {
    for (const columns of [1, 10, 20, 39, 40, 60, 79, 80, 120, 200]) {
      for (const rows of [1, 2, 5, 9, 12, 24, 50, 100]) {
        const lines = draw(state, columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines)
          expect(width(line), `${columns}x${rows}: ${line}`).toBeLessThanOrEqual(columns);
        expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]|NaN|undefined|Infinity/u);
      }
    }
  });
});

const text = (state: CampaignState, columns: number, rows: number): string =>
  draw(state, columns, rows).join('\n');

describe('one glance tells', () => {
  test('whether it works: target, time, rate, total, inputs, coverage', () => {
    for (const [columns, rows] of [
      [69, 23],
      [79, 23],
      [79, 9],
      [199, 49],
    ] as const) {
      const shown = text(campaign(754), columns, rows);
      expect(shown).toMatch(/kcovjs parser\.mjs +00:12:34, 47 min left/);
      expect(shown).toMatch(/^2,345 +1,768,130 +874 +879 \/ 4,000$/m);
      expect(shown).toMatch(/executions\/s +executions +inputs, 754 new +places covered, 21\.9 %/);
      expect(shown).toMatch(/workers 2 of 2 running/);
      expect(shown).toMatch(/findings none yet/);
    }
  });
  test('the same in few columns, in a shorter form', () => {
    const shown = text(campaign(754), 39, 11);
    expect(shown).toMatch(/kcovjs parser\.mjs +00:12:34/);
    expect(shown).toMatch(/2,345 +1\.77M +874 +21\.9 %/);
    expect(shown).toMatch(/exec\/s +total +inputs +covered/);
  });
  test('whether it is still finding', () => {
    expect(text(campaign(754), 79, 23)).toMatch(/new code 4 s ago +stability 99\.8 %/);
    expect(text(campaign(754), 79, 23)).toMatch(/✓ working, and still finding new code: nothing to do/);
    const old = campaign(754, { targets: [target(754, { sinceNew: 5 * MINUTE })] });
    expect(text(old, 79, 23)).toMatch(/✓ working: nothing new for 5 min/);
  });
  test('what to do, even in ten rows of forty columns', () => {
    const state = campaign(754, { targets: [target(754, { files: 0 })] });
    expect(text(state, 79, 23)).toMatch(/✗ no file of yours is instrumented: say which are with -i/);
    expect(text(state, 39, 9)).toMatch(/✗ no file of yours is instrumented: say\n {2}which are with -i/);
  });
  test('what was found, the latest first, and how many more there are', () => {
    const findings = Array.from({ length: 30 }, (_, i) => finding(i + 1));
    const shown = text(campaign(600, { findings }), 100, 23);
    expect(shown).toMatch(
      /findings 30 +seen +reproduced\nerror +TypeError: .*'x30'.* +90x +10\/10\nerror +TypeError: .*'x29'/,
    );
    expect(shown).toMatch(/and 2\d others: kcovjs findings lists them/);
    expect(text(campaign(600, { findings }), 100, 60)).toMatch(/'x1'/);
  });
  test('how each worker does, where they are few, and their sum where they are many', () => {
    const state = campaign(600, { workers: [worker(1), worker(2, { state: 'restarting', restarts: 3 })] });
    expect(text(state, 79, 30)).toMatch(/workers 1 of 2 running +363 MB, 3 restarts/);
    expect(text(state, 79, 30)).toMatch(/2 {2}restarting +3 restarts .* 1,172\/s +182 MB/);
    const many = campaign(600, { workers: Array.from({ length: 40 }, (_, i) => worker(i + 1)) });
    expect(text(many, 79, 30)).toMatch(/workers 40 of 40 running +7\.8 GB/);
    expect(text(many, 79, 50)).not.toMatch(/1,172\/s/);
  });
  test('how each target does, where there are several', () => {
    const shown = text(SEVERAL, 99, 30);
    expect(shown).toMatch(/kcovjs 3 targets/);
    for (const name of ['parser', 'lexer', 'printer'])
      expect(shown).toMatch(new RegExp(`${name}\\.mjs +2,345/s +855/4,000 [⠀-⣿ ]{12} +4 s ago`));
  });
});

test('coverage is drawn over time, as wide as the screen and as high as there is room', () => {
  const charts = (columns: number, rows: number) =>
    draw(campaign(3000), columns, rows).filter((line) => /[⡀-⣿]/.test(line));
  expect(charts(79, 49)).toHaveLength(6);
  expect(charts(79, 7)).toHaveLength(0);
  expect(charts(199, 49).at(-1)).toMatch(/^ *0 \S{190,}/);
  expect(charts(79, 49)[0]).toMatch(/^900 /);
});

test('a larger screen takes nothing away', () => {
  const state = campaign(600, { findings: [finding(1), finding(2)] });
  const lengths = Array.from({ length: 60 }, (_, rows) => draw(state, 79, rows + 1).length);
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
});

test('colours are there if they are wanted, and say nothing alone', () => {
  const state = campaign(600, { findings: [finding(1)], targets: [target(600, { stability: 0.5 })] });
  const coloured = draw(state, 79, 23, picocolors.createColors(true));
  expect(coloured.join('')).toContain('\x1b[31m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
  expect(coloured.map((line) => line.replace(/\x1b\[\d+m/g, ''))).toEqual(draw(state, 79, 23));
});
